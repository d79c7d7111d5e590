import { sql } from "drizzle-orm";
import { slots } from "#lib/db/schema/slots";

/** As a column beside the slots of a join: whether a later nominal time of the same schedule has its slot at `now`. */
export const hasSuccessorAt = (now: Date) => sql<boolean>`exists (
  select 1 from ${slots} as newer
  where newer.schedule_id = ${slots.scheduleId} and newer.nominal_at > ${slots.nominalAt} and newer.nominal_at <= ${now.toISOString()}::timestamptz
)`;

import { asc, eq } from "drizzle-orm";
import type { Catalogue } from "#lib/db/client";
import { schedules } from "#lib/db/schema/schedules";
import { slots } from "#lib/db/schema/slots";
import { makeId } from "#lib/domain/ids";
import { newUuid } from "#lib/services/new-uuid";

/** Puts a schedule into the catalogue, due at `nextDueAt`; a full every day at 23:00 UTC unless told. */
export async function addSchedule(
  db: Catalogue["db"],
  sourceId: string,
  nextDueAt: Date | null,
  change: Partial<typeof schedules.$inferInsert> = {},
): Promise<string> {
  const id = makeId("schedule", newUuid());
  const now = new Date();
  await db
    .insert(schedules)
    .values({ id, sourceId, task: "full", cron: "0 23 * * *", timeZone: "UTC", nextDueAt, createdAt: now, updatedAt: now, ...change });
  return id;
}

/** The slots of a schedule, oldest first. */
export function slotsOf(db: Catalogue["db"], scheduleId: string): Promise<(typeof slots.$inferSelect)[]> {
  return db.select().from(slots).where(eq(slots.scheduleId, scheduleId)).orderBy(asc(slots.nominalAt));
}

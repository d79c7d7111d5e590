import { type SQL, sql } from "drizzle-orm";
import { drills } from "#lib/db/schema/drills";
import { runs } from "#lib/db/schema/runs";

/** The machine time of a drill with that of a run which ends now, in milliseconds; by the database's clock, like the run's own times. */
export function machineMsAfter(runId: string): SQL<number> {
  return sql<number>`${drills.machineMs} + coalesce((
    select round(extract(epoch from coalesce(ended.finished_at, clock_timestamp()) - ended.started_at) * 1000)::bigint
    from ${runs} as ended where ended.id = ${runId}
  ), 0)`;
}

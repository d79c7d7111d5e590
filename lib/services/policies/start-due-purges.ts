import { sql } from "drizzle-orm";
import { reasonOf } from "#lib/domain/error";
import type { Logger } from "#lib/log/log";
import type { ServiceContext } from "../context.ts";
import { watchClock } from "./clock.ts";
import { startCleanUpRun } from "./start-clean-up.ts";

/**
 * Looks after the clock, and after trash that no schedule empties: what waited long enough gets a clean-up that asks no policy. One that left
 * something is tried again six hours later. Gives the number of runs started.
 */
export async function startDuePurges(context: ServiceContext, logger: Logger): Promise<number> {
  const clock = await watchClock(context);
  if (!clock.believed) return 0;
  const due = await context.db.execute<{ sourceId: string }>(sql`
    select distinct trashed.source_id as "sourceId" from lifeboat.backups as trashed
    where trashed.state = 'trashed' and trashed.purge_at <= clock_timestamp() and not exists (
      select 1 from lifeboat.runs where runs.type = 'clean-up' and runs.source_id = trashed.source_id
        and (runs.state in ('queued', 'running') or runs.queued_at > clock_timestamp() - interval '6 hours')
    ) limit 100`);
  let started = 0;
  for (const { sourceId } of due) {
    try {
      const run = await context.db.transaction((tx) => startCleanUpRun(tx, context, { sourceId, trigger: "retention", purgeOnly: true }));
      await context.wake(run.id, run.workerGroup);
      started += 1;
    } catch (error) {
      // Of two workers that look at once, one starts it.
      if (reasonOf(error).code !== "run-active") logger.warn("the trash of a source was not emptied", { sourceId, error });
    }
  }
  return started;
}

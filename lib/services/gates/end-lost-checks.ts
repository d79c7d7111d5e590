import { and, eq, gt, inArray, sql } from "drizzle-orm";
import { runs } from "#lib/db/schema/runs";
import type { WorkerDeps } from "../runs/work.ts";

/**
 * Ends what release checks started on this host and left there because their worker was killed. `seen` are the runs that this process has looked after
 * already; a run that ended by itself left nothing.
 */
export async function endLostChecks({ context, drills, logger }: WorkerDeps, seen: Set<string>): Promise<void> {
  const lost = await context.db
    .select({ id: runs.id, gateId: runs.gateId })
    .from(runs)
    .where(
      and(
        eq(runs.type, "gate-check"),
        inArray(runs.state, ["failed", "cancelled"]),
        sql`${runs.error} ->> 'code' = 'worker-lost'`,
        gt(runs.finishedAt, sql`clock_timestamp() - interval '1 day'`),
        // No gate takes longer than a day: this is what the index knows.
        gt(runs.queuedAt, sql`clock_timestamp() - interval '3 days'`),
      ),
    );
  for (const { id, gateId } of lost) {
    if (seen.has(id)) continue;
    if (gateId !== null) await drills.hooks.endReleaseCheck(gateId);
    seen.add(id);
    logger.info("what a lost release check had started was ended", { runId: id, gateId });
  }
}

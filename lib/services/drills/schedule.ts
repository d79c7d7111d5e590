import { and, asc, eq, isNull, lte, or, sql } from "drizzle-orm";
import { drillPlans } from "#lib/db/schema/drill-plans";
import { drills } from "#lib/db/schema/drills";
import { sources } from "#lib/db/schema/sources";
import { reasonOf } from "#lib/domain/error";
import type { Logger } from "#lib/log/log";
import type { ServiceContext } from "../context.ts";
import { wakeRuns } from "./move.ts";
import { planHasBackup } from "./plan-facts.ts";
import { insertDrill } from "./start.ts";

/** A drill that could not begin, or ended without a verdict, is tried again after this long. */
const retryHours = 24;

const hasOpen = sql`exists (
  select 1 from ${drills} as open where open.source_id = ${drillPlans}.source_id and open.state not in ('closed', 'aborted')
)`;

/** Starts the unattended drills that are due by the context's clock. One that cannot start is logged and does not keep the others. */
export async function startDueDrills(context: ServiceContext, logger: Logger): Promise<string[]> {
  const now = context.now();
  const triedBefore = new Date(now.getTime() - retryHours * 3_600_000);
  const due = await context.db
    .select({ planId: drillPlans.id, sourceId: drillPlans.sourceId })
    .from(drillPlans)
    .innerJoin(sources, eq(sources.id, drillPlans.sourceId))
    .where(
      and(
        eq(drillPlans.enabled, true),
        eq(drillPlans.unattended, true),
        lte(drillPlans.nextDueAt, now),
        or(isNull(drillPlans.triedAt), lte(drillPlans.triedAt, triedBefore)),
        isNull(sources.removedAt),
        planHasBackup,
        sql`not ${hasOpen}`,
      ),
    )
    .orderBy(asc(drillPlans.nextDueAt), asc(drillPlans.id));
  const started: string[] = [];
  for (const { planId, sourceId } of due) {
    try {
      const drill = await context.db.transaction(async (tx) => {
        // Of two workers one takes it: the other finds that it was tried a moment ago.
        const [taken] = await tx
          .update(drillPlans)
          .set({ triedAt: now })
          .where(and(eq(drillPlans.id, planId), or(isNull(drillPlans.triedAt), lte(drillPlans.triedAt, triedBefore))))
          .returning({ id: drillPlans.id });
        return taken === undefined ? null : insertDrill(tx, context, { sourceId, unattended: true }, "schedule");
      });
      if (drill === null) continue;
      started.push(drill.id);
      await wakeRuns(context, drill.id);
    } catch (error) {
      const reason = reasonOf(error);
      logger.info("a drill that is due could not start", { sourceId, code: reason.code, ...(reason.code === "internal" ? { error } : {}) });
    }
  }
  return started;
}

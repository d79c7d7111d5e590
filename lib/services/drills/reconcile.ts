import { and, eq, inArray, notInArray, sql } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { drills } from "#lib/db/schema/drills";
import { runs } from "#lib/db/schema/runs";
import type { Reason } from "#lib/domain/error";
import type { WithEngineContext } from "../restores/reconcile-restores.ts";
import type { WorkerDeps } from "../runs/work.ts";
import { activeRuns, drillRunTypes } from "./change.ts";
import { resetRunning } from "./checks/rows.ts";
import { goOn } from "./go-on.ts";
import { queueDrillRun } from "./queue-run.ts";
import { removeCopy } from "./remove-copy.ts";
import { latestFirst } from "./restored.ts";
import { type DrillRow, lockDrill } from "./rows.ts";
import { isLostCode, settleEndedRun } from "./settle-run.ts";
import { removeLeftBehind } from "./remove-left-behind.ts";

/** So long after a clean-up that failed it is tried again. */
const retrySeconds = 60;

/** States in which a run is at work, or was. */
const working = ["preparing", "restoring", "validating", "closing", "aborting"] as const;

const isWorkedOn = sql`exists (
  select 1 from ${runs} as working where working.drill_id = ${drills}.id and working.state in ('queued', 'running') and not working.is_probe
)`;

/**
 * Moves drills on whose run is over without having done so: its worker was killed, or somebody cancelled it while it waited. Then lets sandboxes go
 * whose drill is over. Drills that fail here are logged and come again with the next sweep.
 */
export async function reconcileDrills(db: Database, deps: WorkerDeps, withEngineContext: WithEngineContext): Promise<void> {
  const left = await db
    .select()
    .from(drills)
    .where(and(inArray(drills.state, [...working]), sql`not ${isWorkedOn}`));
  for (const drill of left) {
    try {
      await settle(db, deps, drill, withEngineContext);
    } catch (error) {
      deps.logger.warn("a drill could not be settled; the next sweep tries again", { drillId: drill.id, error });
    }
  }
  await removeLeftBehind(db, deps, async (drill, work) => {
    const last = await lastRunOf(db, drill.id);
    if (last !== null) await withEngineContext(last.id, work);
  });
  await deps.drills.sandboxes.sweep((ids) => whichAreOver(db, ids));
}

type LastRun = {
  readonly id: string;
  readonly type: string;
  readonly state: string;
  readonly error: Reason | null;
  readonly isFresh: boolean;
};

async function settle(db: Database, deps: WorkerDeps, drill: DrillRow, withEngineContext: WithEngineContext): Promise<void> {
  await db.transaction(async (tx) => {
    const held = await lockDrill(tx, drill.id);
    if (held.state !== drill.state || held.version !== drill.version || (await activeRuns(tx, drill.id)).length > 0) return;
    const last = await lastRunOf(tx, drill.id);
    if (held.state === "validating" && last?.type === "drill-check" && last.error !== null && isLostCode(last.error.code)) {
      await deps.drills.sandboxes.endStarted(held.id);
    }
    // While it is paused nothing is begun, but nothing looks as if it were at work either.
    if (held.state === "validating" && held.pausedAt !== null) return resetRunning(tx, drill.id);
    if (last === null || !isUnsettled(held, last)) return;
    if (held.state === "restoring") {
      // Under the row's lock: nobody can have begun to restore again meanwhile. What is not reached is found when somebody goes on.
      await withEngineContext(last.id, async (engineContext) => void (await removeCopy({ db, deps, engineContext }, held))).catch(
        (error: unknown) => deps.logger.warn("what a lost drill restored waits for its clean-up", { drillId: drill.id, error }),
      );
    }
    const reason: Reason = last.error ?? { code: "worker-lost", params: { workerId: "" } };
    const settled = last.state === "succeeded" ? held : await settleEndedRun(tx, deps.context, held, reason);
    if (settled.state === "closing" || settled.state === "aborting") {
      await queueDrillRun(tx, deps.context, settled, { type: "drill-close" });
    } else if (last.state === "succeeded") await goOn(tx, deps.context, settled);
  });
}

/** While a person decides what comes next, a drill rests without a run; and a clean-up that failed is not tried every second. */
function isUnsettled(drill: DrillRow, last: LastRun): boolean {
  const isLost = last.error?.code === "worker-lost" || last.error?.code === "worker-stopping";
  switch (drill.state) {
    case "validating":
      return drill.problem === null && drill.pausedAt === null && last.type === "drill-check" && last.state !== "succeeded";
    case "closing":
    case "aborting":
      return last.type !== "drill-close" || isLost || !last.isFresh;
    case "preparing":
    case "prepared":
    case "restoring":
    case "restore-failed":
    case "closed":
    case "aborted":
      return true;
  }
}

async function lastRunOf(db: Database | Transaction, drillId: string): Promise<LastRun | null> {
  const isFresh = sql<boolean>`coalesce(${runs.finishedAt} > clock_timestamp() - make_interval(secs => ${retrySeconds}), false)`;
  const [row] = await db
    .select({ id: runs.id, type: runs.type, state: runs.state, error: runs.error, isFresh })
    .from(runs)
    .where(and(eq(runs.drillId, drillId), inArray(runs.type, [...drillRunTypes])))
    .orderBy(...latestFirst)
    .limit(1);
  return row ?? null;
}

/** Of these drills, those that are over or that nobody knows. */
async function whichAreOver(db: Database, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const open = await db
    .select({ id: drills.id })
    .from(drills)
    .where(and(inArray(drills.id, [...ids]), notInArray(drills.state, ["closed", "aborted"])));
  const living = new Set(open.map(({ id }) => id));
  return new Set(ids.filter((id) => !living.has(id)));
}

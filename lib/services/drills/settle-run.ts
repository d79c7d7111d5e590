import { and, eq, inArray, sql } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { runs } from "#lib/db/schema/runs";
import { LifeboatError, type Reason, reasonOf } from "#lib/domain/error";
import type { RunType } from "#lib/domain/run-state";
import type { ServiceContext } from "../context.ts";
import { finishRun } from "../runs/finish.ts";
import { assertLease } from "../runs/lease.ts";
import { actAs, type RunWork } from "../runs/work.ts";
import { changeDrill } from "./change.ts";
import { resetRunning } from "./checks/rows.ts";
import { goOn } from "./go-on.ts";
import { beginChecks, beginRestore } from "./phases.ts";
import { queueDrillRun } from "./queue-run.ts";
import { type DrillRow, lockDrill } from "./rows.ts";

/** What ends a run without saying anything of what it worked on. */
/** True for what ends a run with its worker, whatever it was at. */
export const isLostCode = (code: string): boolean => lostCodes.has(code);

const lostCodes: ReadonlySet<string> = new Set(["worker-lost", "worker-stopping", "lease-lost"]);

/** So often an unattended drill tries again what was lost with its worker. */
const tries = 2;

/**
 * Moves a drill on whose run ended without a result, because of `reason`: lost with its worker, cancelled, or failed. Attended, the person decides
 * what follows; unattended, what was lost is tried once more and what failed is closed as failed. For a drill that is held and has no active run.
 */
export async function settleEndedRun(tx: Transaction, context: ServiceContext, drill: DrillRow, reason: Reason): Promise<DrillRow> {
  const isLost = isLostCode(reason.code);
  const told = [{ code: "interrupted" as const, params: { code: reason.code, state: drill.state } }];
  switch (drill.state) {
    case "preparing": {
      if (isLost && (await countRuns(tx, drill, "drill-prepare")) < tries + 1) {
        await queueDrillRun(tx, context, drill, { type: "drill-prepare" });
        return changeDrill(tx, context, drill, { told });
      }
      return goOn(tx, context, await changeDrill(tx, context, drill, { to: "prepared", set: { problem: reason, preflight: null }, told }));
    }
    case "restoring": {
      const failed = isLost ? told : [{ code: "restore-failed" as const, params: { code: reason.code } }];
      const row = await changeDrill(tx, context, drill, { to: "restore-failed", set: { problem: reason }, told: failed });
      const again = isLost && drill.unattended && drill.pausedAt === null && (await countRuns(tx, drill, "drill-restore")) < tries;
      return again ? beginRestore(tx, context, row) : goOn(tx, context, row);
    }
    case "validating": {
      await resetRunning(tx, drill.id);
      const row = await changeDrill(tx, context, drill, { set: { problem: reason }, told });
      const again = isLost && drill.unattended && drill.pausedAt === null && (await countRuns(tx, drill, "drill-check")) < tries;
      return again ? beginChecks(tx, context, row, { onlyPending: true }) : goOn(tx, context, row);
    }
    case "closing":
    case "aborting":
      // The clean-up is tried until it is proven; the sweep queues it again.
      return changeDrill(tx, context, drill, { set: { problem: reason }, told: isLost ? told : [] });
    case "prepared":
    case "restore-failed":
    case "closed":
    case "aborted":
      return drill;
  }
}

async function countRuns(tx: Transaction, drill: DrillRow, type: RunType): Promise<number> {
  const [row] = await tx
    .select({ count: sql<number>`count(*)::int` })
    .from(runs)
    .where(and(eq(runs.drillId, drill.id), eq(runs.type, type), inArray(runs.state, ["failed", "cancelled"])));
  return row?.count ?? 0;
}

/** Why work ended: what aborted it counts for more than how it fell over. */
export function endOf({ signal }: Pick<RunWork, "signal">, error: unknown): Reason {
  if (reasonOf(error).code === "lease-lost") return reasonOf(error);
  return signal.aborted && signal.reason instanceof LifeboatError ? signal.reason.reason : reasonOf(error);
}

/**
 * Carries out a drill's run; one that throws is ended and the drill moved on in one transaction, so that nobody waits for a sweep. `failed` adds
 * to that transaction. Throws what was thrown.
 */
export async function settlingFailure(
  work: RunWork,
  carryOut: () => Promise<void>,
  failed: (tx: Transaction, drill: DrillRow, reason: Reason) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const { db, deps, run, lease } = work;
  try {
    await carryOut();
  } catch (error) {
    const reason = endOf(work, error);
    if (reason.code === "lease-lost") throw error;
    const context = actAs(deps, run);
    await work.reporter.flush();
    await db.transaction(async (tx) => {
      const drill = await lockDrill(tx, run.subject);
      await assertLease(tx, lease);
      await finishRun(tx, lease, { state: reason.code === "run-cancelled" ? "cancelled" : "failed", error: reason });
      await failed(tx, drill, reason);
      await settleEndedRun(tx, context, drill, reason);
    });
    throw error;
  }
}

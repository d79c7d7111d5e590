import { and, eq } from "drizzle-orm";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type { RunDetailDto, cancelRun as contract } from "#lib/contracts/runs";
import type { Transaction } from "#lib/db/client";
import { runs } from "#lib/db/schema/runs";
import { LifeboatError, type Reason } from "#lib/domain/error";
import { isActive } from "#lib/domain/run-state";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { closeSteps } from "./finish.ts";
import { databaseNow } from "./lease.ts";
import { loadRunDetail } from "./load.ts";
import type { RunRow } from "./start.ts";

/**
 * Asks the worker to stop a run; one that nobody took yet ends at once. Asking twice is one request. A replacement that waits for
 * its safety backup takes that along.
 * Throws `not-found`, and `run-finished` { runId, state } for a run that has ended.
 */
export async function cancelRun(context: ServiceContext, input: EndpointInput<typeof contract>): Promise<RunDetailDto> {
  authorise(context, "runs:cancel");
  const id = input.params.id;
  await context.db.transaction(async (tx) => {
    const [run] = await tx.select().from(runs).where(eq(runs.id, id)).for("update");
    if (run === undefined) throw new LifeboatError("not-found", { entity: "run", id });
    if (!isActive(run.state)) throw new LifeboatError("run-finished", { runId: id, state: run.state });
    await requestCancel(tx, context, run);
    await cancelSafetyRun(tx, context, run);
  });
  return loadRunDetail(context.db, id);
}

/**
 * Asks for the end of a run that the caller holds locked and that is active; one that is queued ends here, with `error`. Asking twice is one request.
 */
export async function requestCancel(
  tx: Transaction,
  context: ServiceContext,
  run: RunRow,
  error: Reason = { code: "run-cancelled", params: {} },
): Promise<void> {
  if (run.cancelRequestedAt !== null) return;
  await tx.update(runs).set({ cancelRequestedAt: databaseNow }).where(eq(runs.id, run.id));
  if (run.state === "queued") {
    await tx
      .update(runs)
      .set({ state: "cancelled", finishedAt: databaseNow, error })
      .where(and(eq(runs.id, run.id), eq(runs.state, "queued")));
    await closeSteps(tx, run.id, { state: "cancelled", error });
  }
  await recordAudit(tx, context, {
    action: "run.cancel",
    targetType: "run",
    targetId: run.id,
    targetName: run.type,
    before: { state: run.state },
    after: { cancelRequested: true },
  });
}

/** A safety backup was made for the replacement that waits for it, and for nothing else. */
async function cancelSafetyRun(tx: Transaction, context: ServiceContext, run: RunRow): Promise<void> {
  if (run.afterRunId === null) return;
  const [first] = await tx.select().from(runs).where(eq(runs.id, run.afterRunId)).for("update");
  if (first !== undefined && first.trigger === "safety" && isActive(first.state)) await requestCancel(tx, context, first);
}

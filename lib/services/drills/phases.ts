import type { DrillDetailDto } from "#lib/contracts/drills";
import type { Transaction } from "#lib/db/client";
import { isManualCheck } from "#lib/domain/drill-checks";
import type { DrillVerdict } from "#lib/domain/drill-state";
import type { ServiceContext } from "../context.ts";
import { activeRuns, changeDrill, type Told } from "./change.ts";
import { loadChecks, resetChecks } from "./checks/rows.ts";
import { pausedMsAfter } from "./clock.ts";
import { databaseNow } from "../runs/lease.ts";
import { queueDrillRun } from "./queue-run.ts";
import type { DrillRow } from "./rows.ts";

/** Each begins a phase of a drill that is held: the row and its next run change in one transaction. The caller wakes a worker. */

/** Restores, for the first time or again: the recovery clock starts once, and what an earlier copy was judged by is an earlier verdict. */
export async function beginRestore(tx: Transaction, context: ServiceContext, drill: DrillRow): Promise<DrillRow> {
  await resetChecks(tx, drill.id);
  const restoring = await changeDrill(tx, context, drill, {
    to: "restoring",
    set: { clockStartedAt: drill.clockStartedAt ?? databaseNow, clockStoppedAt: null, copyBytes: null, problem: null },
    told: [{ code: "restore-started" }],
  });
  await queueDrillRun(tx, context, restoring, { type: "drill-restore" });
  return restoring;
}

/** Runs automatic checks: those that are named, else all. What they said before is an earlier verdict. */
export async function beginChecks(
  tx: Transaction,
  context: ServiceContext,
  drill: DrillRow,
  { keys, onlyPending = false }: { keys?: readonly string[]; onlyPending?: boolean } = {},
): Promise<DrillRow> {
  const chosen = (await loadChecks(tx, drill.id))
    .filter(({ type, state }) => !isManualCheck(type) && state !== "not-applicable")
    .filter(({ key, state }) => (onlyPending ? state === "pending" : keys === undefined || keys.includes(key)))
    .map(({ key }) => key);
  if (!onlyPending && chosen.length > 0) await resetChecks(tx, drill.id, chosen);
  const validating = await changeDrill(tx, context, drill, {
    set: { problem: null },
    told: [{ code: "checks-started", params: { count: chosen.length } }],
  });
  await queueDrillRun(tx, context, validating, { type: "drill-check", input: { keys: chosen } });
  return validating;
}

export type Closing = Pick<DrillDetailDto, "findings" | "improvement"> & {
  readonly verdict: DrillVerdict;
  readonly signOff: NonNullable<DrillDetailDto["signOff"]>;
};

/** Signed off: what is left is to remove the copy and to write the report. */
export async function beginClose(tx: Transaction, context: ServiceContext, drill: DrillRow, closing: Closing): Promise<DrillRow> {
  const { verdict, findings, improvement, signOff } = closing;
  const row = await changeDrill(tx, context, drill, {
    to: "closing",
    set: { verdict, findings: [...findings], improvement, signOff, problem: drill.state === "restore-failed" ? drill.problem : null },
    told: [{ code: "closing", params: { verdict } }],
  });
  await queueDrillRun(tx, context, row, { type: "drill-close" });
  return row;
}

/** Ends a drill without a verdict. What works on it must have been told to stop before: the clean-up waits for its end. */
export async function beginAbort(tx: Transaction, context: ServiceContext, drill: DrillRow, told: Told): Promise<DrillRow> {
  const [active] = await activeRuns(tx, drill.id);
  const row = await changeDrill(tx, context, drill, {
    to: "aborting",
    set: { pausedMs: pausedMsAfter(drill, context.now()), pausedAt: null },
    told: [told],
  });
  await queueDrillRun(tx, context, row, { type: "drill-close", ...(active === undefined ? {} : { afterRunId: active.id }) });
  return row;
}

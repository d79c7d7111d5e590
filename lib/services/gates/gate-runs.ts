import { and, eq, inArray } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { runs } from "#lib/db/schema/runs";
import { LifeboatError } from "#lib/domain/error";
import { startBackupRun } from "../backups/run-now.ts";
import { startVerifyRun } from "../backups/verify.ts";
import type { ServiceContext } from "../context.ts";
import { requestCancel } from "../runs/cancel.ts";
import { type RunRow, startRun } from "../runs/start.ts";
import type { GateRow } from "./rows.ts";

/** Starts a gate's own backup; null while another one holds the source. Throws `not-found`, `source-paused`. */
export function startGateBackup(
  tx: Transaction,
  context: ServiceContext,
  gate: Pick<GateRow, "id" | "sourceId" | "kind" | "commit" | "operator">,
): Promise<RunRow | null> {
  const note = [gate.commit, gate.operator].filter((part) => part !== "").join(", ");
  const { sourceId, kind, id } = gate;
  return unlessHeld(() => startBackupRun(tx, context, { sourceId, kind, reason: "pre-deploy", note, trigger: "pre-deploy", gateId: id }));
}

/** Starts the verification of what the gate's backup made, by the workers that made it; null while another one holds it. Throws `not-found`, `backup-not-restorable`. */
export async function startGateVerify(tx: Transaction, context: ServiceContext, gate: GateRow, backupId: string): Promise<RunRow | null> {
  const group = await groupOfBackup(tx, gate);
  return unlessHeld(() => startVerifyRun(tx, context, { backupId, trigger: "pre-deploy", gateId: gate.id, ...group }));
}

/** The workers that made a gate's backup are there; those of another group may not be. */
async function groupOfBackup(tx: Transaction, gate: GateRow): Promise<{ workerGroup?: string }> {
  const [run] = await tx
    .select({ workerGroup: runs.workerGroup })
    .from(runs)
    .where(eq(runs.id, gate.backupRunId ?? ""));
  return run ?? {};
}

/** Queues the release check, for the workers that made the backup: what their hosts declare is what was asked for. */
export async function startGateCheck(tx: Transaction, context: ServiceContext, gate: GateRow): Promise<RunRow> {
  return startRun(tx, context, {
    type: "gate-check",
    subject: gate.id,
    sourceId: gate.sourceId,
    backupId: gate.backupId,
    gateId: gate.id,
    ...(await groupOfBackup(tx, gate)),
    trigger: "pre-deploy",
    steps: ["run-command"],
  });
}

/** Cancels what a gate started and that is not over; a verification or backup of somebody else goes on. */
export async function cancelGateRuns(tx: Transaction, context: ServiceContext, gateId: string): Promise<void> {
  const active = await tx
    .select()
    .from(runs)
    .where(and(eq(runs.gateId, gateId), inArray(runs.state, ["queued", "running"])))
    .for("update");
  for (const run of active) await requestCancel(tx, context, run);
}

async function unlessHeld(start: () => Promise<RunRow>): Promise<RunRow | null> {
  try {
    return await start();
  } catch (error) {
    if (error instanceof LifeboatError && error.code === "run-active") return null;
    throw error;
  }
}

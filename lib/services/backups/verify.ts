import type { verifyBackup as contract } from "#lib/contracts/backups";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type { RunDetailDto, StepCode } from "#lib/contracts/runs";
import type { Transaction } from "#lib/db/client";
import type { RunTrigger } from "#lib/domain/run-state";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { loadRunDetail } from "../runs/load.ts";
import { type RunRow, startRun } from "../runs/start.ts";
import { lockAvailableBackup } from "./lock-available.ts";

/** Steps of a verification, in order. */
export const verifySteps: readonly StepCode[] = ["prepare", "check-pack", "decode", "archive-list"];

/** Starts a verification. Throws `not-found`, `backup-not-restorable` { backupId, state }, `run-active`. */
export async function verifyBackup(context: ServiceContext, input: EndpointInput<typeof contract>): Promise<RunDetailDto> {
  authorise(context, "backups:verify");
  const id = input.params.id;
  const trigger = context.actor.type === "token" ? "api" : "manual";
  const run = await context.db.transaction((tx) => startVerifyRun(tx, context, { backupId: id, trigger }));
  await context.wake(run.id, run.workerGroup);
  return loadRunDetail(context.db, run.id);
}

/** The part that every trigger shares: checks the backup, queues the run, writes the audit row. The caller wakes a worker. Throws what `verifyBackup` does. */
export async function startVerifyRun(
  tx: Transaction,
  context: ServiceContext,
  request: { backupId: string; trigger: RunTrigger; slotId?: string; gateId?: string; workerGroup?: string },
): Promise<RunRow> {
  const { backupId, trigger, slotId = null, gateId = null } = request;
  const backup = await lockAvailableBackup(tx, backupId);
  const run = await startRun(tx, context, {
    type: "verify",
    subject: backupId,
    sourceId: backup.sourceId,
    backupId,
    slotId,
    gateId,
    ...(request.workerGroup === undefined ? {} : { workerGroup: request.workerGroup }),
    trigger,
    steps: verifySteps,
  });
  await recordAudit(tx, context, {
    action: "backup.verify",
    targetType: "backup",
    targetId: backupId,
    targetName: backup.fileName,
    after: { runId: run.id },
  });
  return run;
}

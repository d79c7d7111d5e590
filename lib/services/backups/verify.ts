import type { verifyBackup as contract } from "#lib/contracts/backups";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type { RunDetailDto, StepCode } from "#lib/contracts/runs";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { loadRunDetail } from "../runs/load.ts";
import { startRun } from "../runs/start.ts";
import { lockAvailableBackup } from "./lock-available.ts";

/** Steps of a verification, in order. */
export const verifySteps: readonly StepCode[] = ["prepare", "check-pack", "decode", "archive-list"];

/** Starts a verification. Throws `not-found`, `backup-not-restorable` { backupId, state }, `run-active`. */
export async function verifyBackup(context: ServiceContext, input: EndpointInput<typeof contract>): Promise<RunDetailDto> {
  authorise(context, "backups:verify");
  const id = input.params.id;
  const run = await context.db.transaction(async (tx) => {
    const backup = await lockAvailableBackup(tx, id);
    const started = await startRun(tx, context, {
      type: "verify",
      subject: id,
      sourceId: backup.sourceId,
      backupId: id,
      trigger: context.actor.type === "token" ? "api" : "manual",
      steps: verifySteps,
    });
    await recordAudit(tx, context, {
      action: "backup.verify",
      targetType: "backup",
      targetId: id,
      targetName: backup.fileName,
      after: { runId: started.id },
    });
    return started;
  });
  await context.wake(run.id, run.workerGroup);
  return loadRunDetail(context.db, run.id);
}

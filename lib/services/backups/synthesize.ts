import type { synthesizeBackup as contract } from "#lib/contracts/backups";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type { RunDetailDto, StepCode } from "#lib/contracts/runs";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { loadRunDetail } from "../runs/load.ts";
import { startRun } from "../runs/start.ts";
import { lockAvailableBackup } from "./lock-available.ts";
import type { SynthesisOrder } from "./synthesis-order.ts";

/** Steps of a synthetic full, in order. */
export const synthesisSteps: readonly StepCode[] = ["prepare", "synthesize", "publish", "reread"];

/**
 * Starts a full made from a member's packs, in a chain of its own. Throws `not-found`, `backup-not-restorable` { backupId, state },
 * `run-active`.
 */
export async function synthesizeBackup(context: ServiceContext, input: EndpointInput<typeof contract>): Promise<RunDetailDto> {
  authorise(context, "backups:create");
  const { id } = input.params;
  const run = await context.db.transaction(async (tx) => {
    const backup = await lockAvailableBackup(tx, id);
    const started = await startRun(tx, context, {
      type: "synthesize",
      subject: id,
      sourceId: backup.sourceId,
      trigger: context.actor.type === "token" ? "api" : "manual",
      input: { backupId: id, consolidate: false, removeOld: false } satisfies SynthesisOrder,
      steps: synthesisSteps,
    });
    await recordAudit(tx, context, {
      action: "backup.synthesize",
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

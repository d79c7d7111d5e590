import { eq } from "drizzle-orm";
import type { deleteBackup as contract } from "#lib/contracts/backups";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type { RunDetailDto, StepCode } from "#lib/contracts/runs";
import type { Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { LifeboatError } from "#lib/domain/error";
import type { RunTrigger } from "#lib/domain/run-state";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { refuseNeededByReplacement } from "../restores/refuse-needed.ts";
import { loadRunDetail } from "../runs/load.ts";
import { type RunRow, startRun } from "../runs/start.ts";
import { countDependents } from "./dependents.ts";

/** Steps of a removal, in order. */
export const removeSteps: readonly StepCode[] = ["prepare", "remove"];

/**
 * Starts the removal of a backup. Throws `not-found`, `version-required`, `version-conflict` { entity, current }, `backup-pinned`,
 * `backup-has-dependents` { count }, what `refuseNeededByReplacement` throws, `run-active`. Until the worker begins nothing is lost and the run can be cancelled.
 */
export async function deleteBackup(context: ServiceContext, input: EndpointInput<typeof contract>): Promise<RunDetailDto> {
  authorise(context, "backups:delete");
  const { ifMatch, params } = input;
  if (ifMatch === null) throw new LifeboatError("version-required");
  const trigger = context.actor.type === "token" ? "api" : "manual";
  const run = await context.db.transaction((tx) => startRemoveRun(tx, context, { backupId: params.id, version: ifMatch, trigger }));
  await context.wake(run.id, run.workerGroup);
  return loadRunDetail(context.db, run.id);
}

/** The part that removing a source shares; `version` null asks for none. The caller wakes a worker. */
export async function startRemoveRun(
  tx: Transaction,
  context: ServiceContext,
  request: { backupId: string; version: number | null; trigger: RunTrigger },
): Promise<RunRow> {
  const id = request.backupId;
  const [backup] = await tx.select().from(backups).where(eq(backups.id, id)).for("update");
  if (backup === undefined || backup.state === "writing") throw new LifeboatError("not-found", { entity: "backup", id });
  if (request.version !== null && backup.version !== request.version) {
    throw new LifeboatError("version-conflict", { entity: "backup", current: backup.version });
  }
  if (backup.pinned) throw new LifeboatError("backup-pinned");
  await refuseNeededByReplacement(tx, backup);
  const dependents = await countDependents(tx, id);
  if (dependents > 0) throw new LifeboatError("backup-has-dependents", { count: dependents });
  const run = await startRun(tx, context, {
    type: "delete",
    subject: id,
    sourceId: backup.sourceId,
    backupId: id,
    trigger: request.trigger,
    steps: removeSteps,
  });
  await recordAudit(tx, context, {
    action: "backup.delete",
    targetType: "backup",
    targetId: id,
    targetName: backup.fileName,
    before: {
      sourceId: backup.sourceId,
      database: backup.database,
      snapshotAt: backup.snapshotAt,
      streamBytes: backup.streamBytes,
      storedBytes: backup.storedBytes,
      label: backup.label,
      runId: run.id,
    },
  });
  return run;
}

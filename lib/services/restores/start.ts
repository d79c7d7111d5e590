import type { EndpointInput } from "#lib/contracts/endpoint";
import type { createRestore as contract } from "#lib/contracts/restores";
import type { RunDetailDto, StepCode } from "#lib/contracts/runs";
import { restores } from "#lib/db/schema/restores";
import { makeId } from "#lib/domain/ids";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { loadRunDetail } from "../runs/load.ts";
import { startRun } from "../runs/start.ts";
import { getRestorableOrThrow } from "./restorable.ts";
import { insertReplacement, startSafetyBackup } from "./start-safety.ts";

/** Steps of a restore, in order. */
export const restoreSteps: readonly StepCode[] = ["prepare", "spool", "create-database", "load", "compare"];

/** Steps of a replacement; one that is loaded in place skips those that a swap has. */
export const replaceSteps: readonly StepCode[] = [
  "prepare",
  "safety-check",
  "spool",
  "create-database",
  "load",
  "compare",
  "follow",
  "swap",
];

/**
 * Starts a restore: into a new database, or (mode `replace`) in the place of one that is there. A replacement waits for a safety
 * backup that is queued with it. What the target says is asked again by the run itself before it changes anything.
 * Throws what `getRestorableOrThrow` and `startSafetyBackup` throw, and `run-active` when a restore into this very database is on its way.
 */
export async function createRestore(
  context: ServiceContext,
  input: EndpointInput<typeof contract>,
): Promise<{ restoreId: string; run: RunDetailDto }> {
  authorise(context, "restores:create");
  const request = input.body;
  const replaces = request.mode === "replace";
  if (replaces) authorise(context, "restores:replace");
  const restoreId = makeId("restore", context.newUuid());
  const [run, safety] = await context.db.transaction(async (tx) => {
    const { backup, server } = await getRestorableOrThrow(tx, request);
    const first = replaces ? await startSafetyBackup(tx, context, request) : null;
    const started = await startRun(tx, context, {
      type: "restore",
      subject: `${server.id}/${request.database}`,
      sourceId: backup.sourceId,
      backupId: backup.id,
      serverId: server.id,
      restoreId,
      afterRunId: first?.id ?? null,
      trigger: context.actor.type === "token" ? "api" : "manual",
      steps: replaces ? replaceSteps : restoreSteps,
    });
    await tx.insert(restores).values({
      id: restoreId,
      runId: started.id,
      backupId: backup.id,
      serverId: server.id,
      database: request.database,
      mode: request.mode,
      content: request.content,
      owners: request.owners,
      jobs: request.jobs,
      tables: request.tables,
      keepOnFailure: request.keepOnFailure,
      createdAt: context.now(),
    });
    if (first !== null) await insertReplacement(tx, restoreId, first, request);
    await recordAudit(tx, context, {
      action: "restore.start",
      targetType: "restore",
      targetId: restoreId,
      targetName: request.database,
      after: {
        runId: started.id,
        backupId: backup.id,
        server: server.name,
        database: request.database,
        mode: request.mode,
        ...(first === null ? {} : { safetyRunId: first.id, targetSourceId: first.sourceId }),
        content: request.content,
        owners: request.owners,
        jobs: request.jobs,
        tables: request.tables.length,
        keepOnFailure: request.keepOnFailure,
      },
    });
    return [started, first] as const;
  });
  if (safety !== null) await context.wake(safety.id, safety.workerGroup);
  await context.wake(run.id, run.workerGroup);
  return { restoreId, run: await loadRunDetail(context.db, run.id) };
}

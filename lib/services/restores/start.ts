import type { EndpointInput } from "#lib/contracts/endpoint";
import type { createRestore as contract } from "#lib/contracts/restores";
import type { RunDetailDto, StepCode } from "#lib/contracts/runs";
import type { Transaction } from "#lib/db/client";
import { restores } from "#lib/db/schema/restores";
import { LifeboatError } from "#lib/domain/error";
import { makeId } from "#lib/domain/ids";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { loadRunDetail } from "../runs/load.ts";
import { type RunRow, startRun } from "../runs/start.ts";
import { type RestoreOrder, resolveOrder, targetSubject } from "./resolve-order.ts";
import { startFileSafetyBackup } from "./start-file-safety.ts";
import { insertReplacement, startSafetyBackup } from "./start-safety.ts";

type Body = EndpointInput<typeof contract>["body"];

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

/** Steps of a restore into a file; a new file skips those that a replacement has. */
export const fileRestoreSteps: readonly StepCode[] = ["prepare", "safety-check", "spool", "compare", "check-target", "replace-file"];

/**
 * Starts a restore: of a backup or to a date, into something new or (mode `replace`) in the place of what is there. A replacement waits
 * for a safety backup that is queued with it. What the target says is asked again by the run itself before it changes anything.
 * Throws what `resolveOrder` and `startSafetyBackup` throw, `plan-changed` { backupId } when another backup than the planned one is now
 * the one for the date, and `run-active` when a restore into this very target is on its way.
 */
export async function createRestore(
  context: ServiceContext,
  input: EndpointInput<typeof contract>,
): Promise<{ restoreId: string; run: RunDetailDto }> {
  authorise(context, "restores:create");
  const request = input.body;
  if (request.mode === "replace") authorise(context, "restores:replace");
  const restoreId = makeId("restore", context.newUuid());
  const [run, safety] = await context.db.transaction(async (tx) => {
    const order = await resolveOrder(tx, request);
    refuseChangedPlan(order, request);
    const first = request.mode === "replace" ? await startSafety(tx, context, order, request) : null;
    const started = await queue(tx, context, order, { request, restoreId, afterRunId: first?.id ?? null });
    await insert(tx, context, order, { request, restoreId, runId: started.id });
    if (first !== null && order.target.type === "server") await insertReplacement(tx, restoreId, first, request);
    await audit(tx, context, order, { request, restoreId, runId: started.id, safety: first });
    return [started, first] as const;
  });
  if (safety !== null) await context.wake(safety.id, safety.workerGroup);
  await context.wake(run.id, run.workerGroup);
  return { restoreId, run: await loadRunDetail(context.db, run.id) };
}

/** Whoever was shown one backup does not get another one, because a newer one arrived or this one broke. */
function refuseChangedPlan({ backup }: RestoreOrder, { plannedBackupId }: Body): void {
  if (plannedBackupId !== undefined && plannedBackupId !== backup.id) throw new LifeboatError("plan-changed", { backupId: backup.id });
}

function startSafety(tx: Transaction, context: ServiceContext, { source, target }: RestoreOrder, request: Body): Promise<RunRow> {
  return target.type === "server"
    ? startSafetyBackup(tx, context, request, target)
    : startFileSafetyBackup(tx, context, request, target, source.workerGroup);
}

async function queue(
  tx: Transaction,
  context: ServiceContext,
  { backup, source, target }: RestoreOrder,
  { request, restoreId, afterRunId }: { request: Body; restoreId: string; afterRunId: string | null },
): Promise<RunRow> {
  const isFile = target.type === "file";
  const databaseSteps = request.mode === "replace" ? replaceSteps : restoreSteps;
  return startRun(tx, context, {
    type: "restore",
    subject: targetSubject(target),
    sourceId: backup.sourceId,
    backupId: backup.id,
    serverId: isFile ? null : target.server.id,
    ...(isFile && source.workerGroup !== null ? { workerGroup: source.workerGroup } : {}),
    restoreId,
    afterRunId,
    trigger: context.actor.type === "token" ? "api" : "manual",
    input: isFile ? { ignoreOpenFile: request.ignoreOpenFile } : {},
    steps: isFile ? fileRestoreSteps : databaseSteps,
  });
}

async function insert(
  tx: Transaction,
  context: ServiceContext,
  { backup, source, wantedAt, target }: RestoreOrder,
  { request, restoreId, runId }: { request: Body; restoreId: string; runId: string },
): Promise<void> {
  const { mode, content, owners, jobs, tables, keepOnFailure } = request;
  const where =
    target.type === "server"
      ? { serverId: target.server.id, database: target.database }
      : { database: source.database, targetPath: target.path };
  await tx.insert(restores).values({
    id: restoreId,
    runId,
    backupId: backup.id,
    ...where,
    wantedAt,
    estimatedMs: request.estimatedMs ?? null,
    mode,
    content,
    owners,
    jobs,
    tables,
    keepOnFailure,
    createdAt: context.now(),
  });
}

async function audit(
  tx: Transaction,
  context: ServiceContext,
  { backup, wantedAt, target }: RestoreOrder,
  { request, restoreId, runId, safety }: { request: Body; restoreId: string; runId: string; safety: RunRow | null },
): Promise<void> {
  const { mode, content, owners, jobs, tables, keepOnFailure } = request;
  const [targetName, where] =
    target.type === "server"
      ? [target.database, { server: target.server.name, database: target.database }]
      : [target.path, { path: target.path, ignoreOpenFile: request.ignoreOpenFile }];
  await recordAudit(tx, context, {
    action: "restore.start",
    targetType: "restore",
    targetId: restoreId,
    targetName,
    after: {
      runId,
      backupId: backup.id,
      ...(wantedAt === null ? {} : { wantedAt: wantedAt.toISOString(), snapshotAt: backup.snapshotAt.toISOString() }),
      ...where,
      mode,
      ...(safety === null ? {} : { safetyRunId: safety.id, targetSourceId: safety.sourceId }),
      content,
      owners,
      jobs,
      tables: tables.length,
      keepOnFailure,
    },
  });
}

import { eq, inArray } from "drizzle-orm";
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
import { loadDependents } from "./dependents.ts";
import type { RemoveOrder } from "./remove-order.ts";

/** Steps of a removal, in order. */
export const removeSteps: readonly StepCode[] = ["prepare", "remove"];

/**
 * Starts the removal of a backup, alone or with all that needs it. Throws `not-found`, `version-required`, `version-conflict`
 * { entity, current }, `backup-pinned` (also for a dependent), `backup-has-dependents` { count }, `chain-locked` while a backup that
 * needs it is being made, what `refuseNeededByReplacement` throws, `run-active`. Until the worker begins nothing is lost and the run can be cancelled.
 */
export async function deleteBackup(context: ServiceContext, input: EndpointInput<typeof contract>): Promise<RunDetailDto> {
  authorise(context, "backups:delete");
  const { ifMatch, params, query } = input;
  if (ifMatch === null) throw new LifeboatError("version-required");
  const trigger = context.actor.type === "token" ? "api" : "manual";
  const request = { backupId: params.id, version: ifMatch, trigger, withDependents: query.dependents === "delete" } as const;
  const run = await context.db.transaction((tx) => startRemoveRun(tx, context, request));
  await context.wake(run.id, run.workerGroup);
  return loadRunDetail(context.db, run.id);
}

async function startRemoveRun(
  tx: Transaction,
  context: ServiceContext,
  request: { backupId: string; version: number; trigger: RunTrigger; withDependents: boolean },
): Promise<RunRow> {
  const id = request.backupId;
  const [backup] = await tx.select().from(backups).where(eq(backups.id, id)).for("update");
  if (backup === undefined || backup.state === "writing") throw new LifeboatError("not-found", { entity: "backup", id });
  if (backup.version !== request.version) throw new LifeboatError("version-conflict", { entity: "backup", current: backup.version });
  const dependents = await loadDependents(tx, backup);
  if (backup.pinned) throw new LifeboatError("backup-pinned");
  if (dependents.length > 0 && !request.withDependents) throw new LifeboatError("backup-has-dependents", { count: dependents.length });
  const { trigger } = request;
  return startRemoval(tx, context, { id, also: dependents.map((each) => each.id), trigger });
}

/**
 * One run that removes backups of one chain, dependents first; the part that every removal shares. `id` gives the run its name, `also`
 * are the others. Throws for the first of them that cannot go. The caller wakes a worker.
 */
export async function startRemoval(
  tx: Transaction,
  context: ServiceContext,
  request: { id: string; also: readonly string[]; trigger: RunTrigger; reason?: string; afterRunId?: string },
): Promise<RunRow> {
  const { id, also, trigger } = request;
  const doomed = await tx
    .select()
    .from(backups)
    .where(inArray(backups.id, [id, ...also]))
    .for("update");
  for (const backup of doomed) {
    if (backup.state === "writing") throw new LifeboatError("chain-locked", { chainId: backup.chainId, by: backup.runId ?? "" });
    if (backup.pinned) throw new LifeboatError("backup-pinned");
    await refuseNeededByReplacement(tx, backup);
  }
  const own = doomed.find((backup) => backup.id === id);
  if (own === undefined) throw new LifeboatError("not-found", { entity: "backup", id });
  const run = await startRun(tx, context, {
    type: "delete",
    subject: id,
    sourceId: own.sourceId,
    backupId: id,
    trigger,
    reason: request.reason ?? "",
    afterRunId: request.afterRunId ?? null,
    input: { also: [...also] } satisfies RemoveOrder,
    steps: removeSteps,
  });
  for (const backup of doomed) {
    await recordAudit(tx, context, {
      action: "backup.delete",
      targetType: "backup",
      targetId: backup.id,
      targetName: backup.fileName,
      before: {
        sourceId: backup.sourceId,
        database: backup.database,
        kind: backup.kind,
        snapshotAt: backup.snapshotAt,
        streamBytes: backup.streamBytes,
        storedBytes: backup.storedBytes,
        label: backup.label,
        runId: run.id,
      },
    });
  }
  return run;
}

/**
 * Starts the removal of all these backups, one run for each of their chains, because removals of one chain exclude each other. Throws as
 * `startRemoval` does. The caller wakes a worker for each.
 */
export async function startRemovals(
  tx: Transaction,
  context: ServiceContext,
  request: { ids: readonly string[]; trigger: RunTrigger; reason?: string },
): Promise<RunRow[]> {
  const { ids, trigger, reason = "" } = request;
  if (ids.length === 0) return [];
  const rows = await tx
    .select({ id: backups.id, chainId: backups.chainId, snapshotAt: backups.snapshotAt })
    .from(backups)
    .where(inArray(backups.id, [...ids]))
    .orderBy(backups.snapshotAt, backups.id);
  const started: RunRow[] = [];
  for (const members of Map.groupBy(rows, (row) => row.chainId).values()) {
    const [oldest, ...others] = members;
    if (oldest === undefined) continue;
    started.push(await startRemoval(tx, context, { id: oldest.id, also: others.map((row) => row.id), trigger, reason }));
  }
  return started;
}

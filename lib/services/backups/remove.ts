import { eq, inArray } from "drizzle-orm";
import type { deleteBackup as contract } from "#lib/contracts/backups";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type { RunDetailDto, StepCode } from "#lib/contracts/runs";
import type { Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { LifeboatError } from "#lib/domain/error";
import type { TrashReasonCode } from "#lib/domain/retention-rule";
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
const trashSteps: readonly StepCode[] = ["prepare", "trash"];

/**
 * Starts a backup's way to the trash, or its removal for good when that is said, alone or with all that needs it. Throws `not-found`,
 * `version-required`, `version-conflict` { entity, current }, `backup-pinned` (also for a dependent), `backup-has-dependents` { count }, `backup-trashed`,
 * `backup-not-restorable` for one that is on its way out, `chain-locked` while a backup that needs it is being made, what `refuseNeededByReplacement`
 * throws, `run-active`. Until the worker begins nothing is lost and the run can be cancelled.
 */
export async function deleteBackup(context: ServiceContext, input: EndpointInput<typeof contract>): Promise<RunDetailDto> {
  authorise(context, "backups:delete");
  const { ifMatch, params, query } = input;
  if (ifMatch === null) throw new LifeboatError("version-required");
  const trigger = context.actor.type === "token" ? "api" : "manual";
  const request = {
    backupId: params.id,
    version: ifMatch,
    trigger,
    withDependents: query.dependents === "delete",
    trash: query.when === "now" ? null : "by-hand",
  } as const;
  const run = await context.db.transaction((tx) => startRemoveRun(tx, context, request));
  await context.wake(run.id, run.workerGroup);
  return loadRunDetail(context.db, run.id);
}

async function startRemoveRun(
  tx: Transaction,
  context: ServiceContext,
  request: { backupId: string; version: number; trigger: RunTrigger; withDependents: boolean; trash: TrashReasonCode | null },
): Promise<RunRow> {
  const id = request.backupId;
  const [backup] = await tx.select().from(backups).where(eq(backups.id, id)).for("update");
  if (backup === undefined || backup.state === "writing") throw new LifeboatError("not-found", { entity: "backup", id });
  if (backup.version !== request.version) throw new LifeboatError("version-conflict", { entity: "backup", current: backup.version });
  const { trigger, trash } = request;
  if (trash !== null && backup.state === "trashed") throw new LifeboatError("backup-trashed");
  // Its removal has begun: a sweep ends it.
  if (trash !== null && backup.state === "deleting")
    throw new LifeboatError("backup-not-restorable", { backupId: id, state: backup.state });
  // One that is in the trash already stands in nobody's way there.
  const dependents = (await loadDependents(tx, backup)).filter((each) => trash === null || each.state !== "trashed");
  if (backup.pinned) throw new LifeboatError("backup-pinned");
  if (dependents.length > 0 && !request.withDependents) throw new LifeboatError("backup-has-dependents", { count: dependents.length });
  return startRemoval(tx, context, { id, also: dependents.map((each) => each.id), trigger, trash });
}

export type Removal = {
  readonly trigger: RunTrigger;
  /** Why they wait in the trash first; null: they go for good at once. */
  readonly trash: TrashReasonCode | null;
  readonly reason?: string;
};

/**
 * One run that removes backups of one chain, dependents first; the part that every removal shares. `id` gives the run its name, `also`
 * are the others. Throws for the first of them that cannot go. The caller wakes a worker.
 */
export async function startRemoval(
  tx: Transaction,
  context: ServiceContext,
  request: Removal & { readonly id: string; readonly also: readonly string[] },
): Promise<RunRow> {
  const { id, also, trigger, trash } = request;
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
    input: { also: [...also], toTrash: trash !== null, trashReason: trash ?? "by-hand" } satisfies RemoveOrder,
    steps: trash === null ? removeSteps : trashSteps,
  });
  // What only waits in the trash is told when it is there.
  for (const backup of trash === null ? doomed : []) {
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
        when: "now",
        trashedAt: backup.trashedAt,
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
  request: Removal & { readonly ids: readonly string[] },
): Promise<RunRow[]> {
  const { ids, ...removal } = request;
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
    started.push(await startRemoval(tx, context, { id: oldest.id, also: others.map((row) => row.id), ...removal }));
  }
  return started;
}

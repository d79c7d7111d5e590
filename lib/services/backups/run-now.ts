import { eq } from "drizzle-orm";
import type { createBackup as contract } from "#lib/contracts/backups";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type { RunDetailDto, StepCode } from "#lib/contracts/runs";
import type { Transaction } from "#lib/db/client";
import { sources } from "#lib/db/schema/sources";
import type { BackupKind, SourceEngine } from "#lib/domain/backup-state";
import { LifeboatError } from "#lib/domain/error";
import type { RunTrigger } from "#lib/domain/run-state";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { callOffDeserted } from "../runs/deserted.ts";
import { loadRunDetail } from "../runs/load.ts";
import { type RunRow, startRun } from "../runs/start.ts";
import type { BackupOrder } from "./backup-order.ts";

/** Steps of a backup, in order: a member opens what it is built upon, a file is copied and checked first. */
export function backupSteps(engine: SourceEngine, kind: BackupKind): readonly StepCode[] {
  const ofFile: StepCode[] = engine === "sqlite" ? ["snapshot-file", "check-source"] : [];
  const ofMember: StepCode[] = kind === "full" ? [] : ["open-base"];
  return ["prepare", ...ofFile, ...ofMember, "dump", "publish", "reread"];
}

/**
 * Starts a backup of a source. Throws `not-found`, `source-paused` { source }, and `run-active` { runId, type } when one is running
 * or waiting already. One that waits for a group without a worker gives way where this one has a worker.
 */
export async function createBackup(context: ServiceContext, input: EndpointInput<typeof contract>): Promise<RunDetailDto> {
  authorise(context, "backups:create");
  const { sourceId, kind, reason, note } = input.body;
  const trigger = context.actor.type === "token" ? "api" : "manual";
  const run = await context.db.transaction((tx) => startBackupRun(tx, context, { sourceId, kind, reason, note, trigger }));
  await context.wake(run.id, run.workerGroup);
  return loadRunDetail(context.db, run.id);
}

export type BackupRequest = {
  readonly sourceId: string;
  readonly reason: string;
  readonly note: string;
  readonly trigger: RunTrigger;
  readonly kind?: BackupKind;
  readonly everything?: boolean;
  /** The slot of a schedule, or the gate, that it is for. */
  readonly slotId?: string;
  readonly gateId?: string;
  /** Left out: the source's. */
  readonly workerGroup?: string;
};

/**
 * The part that every trigger shares: checks the source, queues the run, writes the audit row. The caller wakes a worker.
 * `everything` is what a safety backup asks for: nothing is left out, and a paused source is no hindrance. `kind` is a full unless told:
 * what is made at a start or for safety stands alone.
 */
export async function startBackupRun(tx: Transaction, context: ServiceContext, request: BackupRequest): Promise<RunRow> {
  const everything = request.everything ?? false;
  const kind = request.kind ?? "full";
  const [source] = await tx.select().from(sources).where(eq(sources.id, request.sourceId)).for("share");
  if (source === undefined || source.removedAt !== null) throw new LifeboatError("not-found", { entity: "source", id: request.sourceId });
  if (source.pausedAt !== null && !everything) throw new LifeboatError("source-paused", { source: source.name });
  const workerGroup = request.workerGroup ?? source.workerGroup;
  await callOffDeserted(tx, context, { type: "backup", sourceId: source.id, workerGroup });
  const run = await startRun(tx, context, {
    type: "backup",
    subject: source.id,
    sourceId: source.id,
    serverId: source.serverId,
    slotId: request.slotId ?? null,
    gateId: request.gateId ?? null,
    ...(workerGroup === null ? {} : { workerGroup }),
    trigger: request.trigger,
    reason: request.reason,
    note: request.note,
    input: { everything, kind } satisfies BackupOrder,
    steps: backupSteps(source.engine, kind),
  });
  await recordAudit(tx, context, {
    action: "backup.start",
    targetType: "source",
    targetId: source.id,
    targetName: source.name,
    after: { runId: run.id, kind, trigger: run.trigger, reason: run.reason, note: run.note },
  });
  return run;
}

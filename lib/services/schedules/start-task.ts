import { and, asc, desc, eq, gte, inArray, lte, or, sql } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { copies } from "#lib/db/schema/copies";
import { runs } from "#lib/db/schema/runs";
import { slots } from "#lib/db/schema/slots";
import { isBackupTask, type ScheduleTask } from "#lib/domain/schedule-task";
import type { RunType } from "#lib/domain/run-state";
import { isGood, isGoodAndUnverified, isGoodCopy } from "../backups/good.ts";
import { startBackupRun } from "../backups/run-now.ts";
import { startVerifyRun } from "../backups/verify.ts";
import type { ServiceContext } from "../context.ts";
import { startCleanUpRun } from "../policies/start-clean-up.ts";
import { isDeserted } from "../runs/served.ts";
import type { RunRow } from "../runs/start.ts";

/** A slot that waits for a worker of its group: nobody knows how long. */
const waitsForWorker = sql`(${slots}.state = 'waiting' and ${slots}.reason is not distinct from 'no-worker')`;

/** What a slot waits for: a backup in the making, and earlier work of its own kind. */
const blockedBy: Readonly<Record<"backup" | "verify" | "clean-up", readonly RunType[]>> = {
  backup: ["backup"],
  verify: ["backup", "verify"],
  "clean-up": ["backup", "clean-up"],
};

/**
 * True while an earlier run of the source goes on that a slot waits for. A verification and a clean-up also wait for a backup that is about to start: they are
 * to look at it. What waits for a group without a worker holds up nothing.
 */
export async function isTaskBlocked(tx: Transaction, slot: typeof slots.$inferSelect, now: Date): Promise<boolean> {
  const task = isBackupTask(slot.task) ? "backup" : slot.task;
  const types = blockedBy[task];
  const [active] = await tx
    .select({ id: runs.id })
    .from(runs)
    .where(
      and(
        eq(runs.sourceId, slot.sourceId),
        inArray(runs.type, [...types]),
        inArray(runs.state, ["queued", "running"]),
        sql`not ${isDeserted()}`,
      ),
    )
    .limit(1);
  if (active !== undefined || task === "backup") return active !== undefined;
  const [before] = await tx
    .select({ id: slots.id })
    .from(slots)
    .where(
      and(
        eq(slots.sourceId, slot.sourceId),
        eq(slots.state, "waiting"),
        inArray(slots.task, ["full", "differential", "incremental"]),
        lte(slots.nominalAt, slot.nominalAt),
        lte(slots.startAt, now),
        sql`not ${waitsForWorker}`,
      ),
    )
    .limit(1);
  return before !== undefined;
}

/**
 * True for a backup that would be caught up while one of a stronger kind is, or was since: after a long absence a source gets one backup, not one of each
 * kind.
 */
export async function isCaughtUpByAnother(tx: Transaction, slot: typeof slots.$inferSelect): Promise<boolean> {
  const stronger: ScheduleTask[] = slot.task === "incremental" ? ["full", "differential"] : slot.task === "differential" ? ["full"] : [];
  if (!slot.late || stronger.length === 0) return false;
  const [other] = await tx
    .select({ id: slots.id })
    .from(slots)
    .where(
      and(
        eq(slots.sourceId, slot.sourceId),
        inArray(slots.task, stronger),
        eq(slots.late, true),
        sql`not ${waitsForWorker}`,
        or(inArray(slots.state, ["waiting", "started"]), and(eq(slots.state, "done"), gte(slots.settledAt, slot.nominalAt))),
      ),
    )
    .limit(1);
  return other !== undefined;
}

export type TaskRequest = {
  readonly sourceId: string;
  readonly task: ScheduleTask;
  readonly slotId: string;
  /** Null: as the kind of run has it. */
  readonly workerGroup: string | null;
};

/**
 * Queues the run of a slot; null where there is nothing to do (no good backup to verify). Throws what the verbs of people throw: `run-active`,
 * `source-paused`, `not-found`. The caller wakes a worker.
 */
export async function startTask(tx: Transaction, context: ServiceContext, request: TaskRequest): Promise<RunRow | null> {
  const { sourceId, task, slotId, workerGroup } = request;
  const group = workerGroup === null ? {} : { workerGroup };
  if (isBackupTask(task)) {
    return startBackupRun(tx, context, { sourceId, kind: task, reason: "", note: "", trigger: "schedule", slotId, ...group });
  }
  if (task === "clean-up") return startCleanUpRun(tx, context, { sourceId, trigger: "schedule", slotId, ...group });
  const backupId = await chooseForVerification(tx, sourceId);
  return backupId === null ? null : startVerifyRun(tx, context, { backupId, trigger: "schedule", slotId, ...group });
}

/** The newest good backup that nobody verified yet, else the one whose verification is oldest, else null. */
export async function chooseForVerification(tx: Transaction, sourceId: string): Promise<string | null> {
  const [unverified] = await tx
    .select({ id: backups.id })
    .from(backups)
    .where(and(eq(backups.sourceId, sourceId), isGoodAndUnverified))
    .orderBy(desc(backups.snapshotAt), desc(backups.id))
    .limit(1);
  if (unverified !== undefined) return unverified.id;
  const [oldest] = await tx
    .select({ id: backups.id })
    .from(backups)
    .innerJoin(copies, eq(copies.backupId, backups.id))
    .where(and(eq(backups.sourceId, sourceId), isGood, isGoodCopy))
    .orderBy(asc(copies.verifiedAt), asc(backups.id))
    .limit(1);
  return oldest?.id ?? null;
}

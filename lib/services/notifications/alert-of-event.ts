import { and, desc, eq, inArray, isNotNull, isNull, or, sql } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { copies } from "#lib/db/schema/copies";
import { gates } from "#lib/db/schema/gates";
import { runs } from "#lib/db/schema/runs";
import { slots } from "#lib/db/schema/slots";
import { sources } from "#lib/db/schema/sources";
import { validations } from "#lib/db/schema/validations";
import { withReason } from "#lib/domain/alert-params";
import type { Params, Reason } from "#lib/domain/error";
import { isBackupTask, type ScheduleTask } from "#lib/domain/schedule-task";
import type { ServiceContext } from "../context.ts";
import { openAlert, resolveAlert } from "./alerts.ts";
import { cleanUpFailed, cleanUpMissed, cleanUpSucceeded } from "./clean-up-alerts.ts";
import type { EventRow } from "./dispatch.ts";

/** Changes that some alert begins or ends with. */
const telling = new Set(
  "run.succeeded run.failed slot.failed slot.missed slot.waiting slot.skipped copy.failed copy.passed backup.trashed backup.deleting drill.closed gate.failed gate.passed".split(
    " ",
  ),
);

/** False for most changes: they need not be looked at any further. */
export function mayAlert(event: Pick<EventRow, "type" | "sourceId">): boolean {
  return event.sourceId !== null && telling.has(event.type);
}

type Told = { readonly tx: Transaction; readonly context: ServiceContext; readonly event: EventRow; readonly sourceId: string };

/** Opens or ends the alerts that a change of state stands for. The sample, and what is removed, has none. */
export async function alertOfEvent(tx: Transaction, context: ServiceContext, event: EventRow): Promise<void> {
  const { sourceId } = event;
  if (sourceId === null || !mayAlert(event)) return;
  const [source] = await tx
    .select({ id: sources.id })
    .from(sources)
    .where(and(eq(sources.id, sourceId), eq(sources.isSample, false), isNull(sources.removedAt)));
  if (source === undefined) return;
  const told: Told = { tx, context, event, sourceId };
  switch (event.type) {
    case "run.succeeded":
      return runSucceeded(told);
    case "run.failed":
      return runFailed(told);
    case "slot.failed":
      return slotFailed(told);
    case "slot.missed":
      return slotMissed(told);
    case "slot.waiting":
      return slotWaits(told);
    case "slot.skipped":
      return triedInVain(told, text(told, "task") as ScheduleTask);
    case "copy.failed":
      return copyFailed(told);
    case "copy.passed":
    case "backup.trashed":
    case "backup.deleting":
      return endWhenVerified(told);
    case "drill.closed":
      return drillClosed(told);
    case "gate.failed":
      return gateFailed(told);
    case "gate.passed":
      return end(told, "gate-failed");
    default:
  }
}

const text = ({ event }: Told, name: string): string | null => {
  const value = event.payload[name];
  return typeof value === "string" ? value : null;
};

async function open(told: Told, code: Parameters<typeof openAlert>[2]["code"], params: Params): Promise<void> {
  await openAlert(told.tx, told.context, { code, subject: told.sourceId, sourceId: told.sourceId, params });
}

async function end({ tx, context, sourceId }: Told, code: Parameters<typeof openAlert>[2]["code"]): Promise<void> {
  await resolveAlert(tx, context, { code, subject: sourceId });
}

async function runSucceeded(told: Told): Promise<void> {
  switch (told.event.payload["type"]) {
    case "backup":
      await end(told, "backup-failed");
      await end(told, "backup-missed");
      return sizeOf(told);
    case "verify":
    case "verify-chain":
      return endWhenVerified(told);
    case "clean-up":
      return cleanUpSucceeded(told.tx, told.context, told.sourceId, told.event.subjectId);
    default:
  }
}

/** A run that a schedule or a gate started is judged by these: the one tries again, the other has an alert of its own. */
async function runFailed(told: Told): Promise<void> {
  const { tx, event } = told;
  const type = event.payload["type"];
  if (type !== "backup" && type !== "verify" && type !== "verify-chain" && type !== "clean-up") return;
  if (text(told, "gateId") !== null) return;
  const slotId = text(told, "slotId");
  if (slotId !== null) {
    const [slot] = await tx.select({ id: slots.id }).from(slots).where(eq(slots.id, slotId));
    if (slot !== undefined) return;
  }
  if (type === "clean-up") return cleanUpFailed(tx, told.context, told.sourceId, event.subjectId);
  await failed(told, type === "backup" ? "backup-failed" : "verification-failed", event.subjectId, {});
}

async function failed(told: Told, code: "backup-failed" | "verification-failed", runId: string | null, params: Params): Promise<void> {
  const reason = runId === null ? null : await reasonOfRun(told.tx, runId);
  await open(told, code, withReason({ ...params, ...(runId === null ? {} : { runId }) }, reason));
}

async function reasonOfRun(tx: Transaction, runId: string): Promise<Reason | null> {
  const [run] = await tx.select({ error: runs.error }).from(runs).where(eq(runs.id, runId));
  return run?.error ?? null;
}

async function stateOfRun(tx: Transaction, runId: string): Promise<string | null> {
  const [run] = await tx.select({ state: runs.state }).from(runs).where(eq(runs.id, runId));
  return run?.state ?? null;
}

async function slotFailed(told: Told): Promise<void> {
  const task = text(told, "task") as ScheduleTask | null;
  if (task === null) return;
  const runId = text(told, "runId");
  // Somebody cancelled it on purpose.
  if (runId !== null && (await stateOfRun(told.tx, runId)) === "cancelled") return;
  if (task === "clean-up") return runId === null ? undefined : cleanUpFailed(told.tx, told.context, told.sourceId, runId);
  const code = isBackupTask(task) ? "backup-failed" : "verification-failed";
  await failed(told, code, runId, { nominalAt: text(told, "nominalAt") });
}

async function slotMissed(told: Told): Promise<void> {
  const task = text(told, "task") as ScheduleTask | null;
  const missed = { nominalAt: text(told, "nominalAt"), reason: text(told, "reason"), ...(await groupMissing(told)) };
  if (task === "clean-up") return cleanUpMissed(told.tx, told.context, told.sourceId, missed);
  if (task === "verify") return triedInVain(told, task);
  if (task !== null && isBackupTask(task)) await open(told, "backup-missed", { task, ...missed });
}

/** One whose run was called off because nobody serves its group waits for a worker, perhaps in vain. After a failed try it only waits its time. */
async function slotWaits(told: Told): Promise<void> {
  const runId = text(told, "runId");
  if (text(told, "reason") === "no-worker" && runId !== null && (await stateOfRun(told.tx, runId)) === "cancelled") await slotMissed(told);
}

/** The group that had no worker for the slot's run. */
async function groupMissing(told: Told): Promise<{ group?: string }> {
  const runId = text(told, "runId");
  if (text(told, "reason") !== "no-worker" || runId === null) return {};
  const [run] = await told.tx.select({ group: runs.workerGroup }).from(runs).where(eq(runs.id, runId));
  return run === undefined ? {} : { group: run.group };
}

/** A skipped time is nobody's alert, unless a try of it failed already: a pause, or the end of the schedule, took the next one away. */
async function triedInVain(told: Told, task: ScheduleTask): Promise<void> {
  const [tried] = await told.tx
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.slotId, told.event.subjectId), eq(runs.state, "failed")))
    .orderBy(desc(runs.id))
    .limit(1);
  if (tried === undefined) return;
  if (task === "clean-up") return cleanUpFailed(told.tx, told.context, told.sourceId, tried.id);
  const code = isBackupTask(task) ? "backup-failed" : "verification-failed";
  await failed(told, code, tried.id, { nominalAt: text(told, "nominalAt") });
}

async function copyFailed(told: Told): Promise<void> {
  const { tx, event } = told;
  const [copy] = await tx.select({ failure: copies.failure, backupId: copies.backupId }).from(copies).where(eq(copies.id, event.subjectId));
  await open(told, "verification-failed", withReason({ backupId: copy?.backupId ?? text(told, "backupId") }, copy?.failure ?? null));
}

/** Over when nothing of the source that can still be restored from is known to be bad, and the last verification could look. */
async function endWhenVerified(told: Told): Promise<void> {
  const { tx, context, event, sourceId } = told;
  const [bad] = await tx
    .select({ id: copies.id })
    .from(copies)
    .innerJoin(backups, and(eq(backups.id, copies.backupId), eq(backups.state, "available")))
    .where(and(eq(copies.sourceId, sourceId), or(isNotNull(copies.failedAt), inArray(copies.state, ["missing", "damaged"]))))
    .limit(1);
  if (bad !== undefined) return;
  if (event.type === "run.succeeded" || !(await lookedInVain(told))) return end(told, "verification-failed");
  const isLeft = await tx.$count(backups, and(eq(backups.sourceId, sourceId), eq(backups.state, "available")));
  if (isLeft === 0) await resolveAlert(tx, context, { code: "verification-failed", subject: sourceId, silently: true });
}

/**
 * True when the last verification that ended has no verdict: the disk refused to be read, the worker was lost. That another backup goes, or passed before,
 * says nothing then of what nobody could look at.
 */
async function lookedInVain({ tx, sourceId }: Told): Promise<boolean> {
  const [last] = await tx
    .select({ id: runs.id, state: runs.state })
    .from(runs)
    .where(and(eq(runs.sourceId, sourceId), inArray(runs.type, ["verify", "verify-chain"]), inArray(runs.state, ["succeeded", "failed"])))
    .orderBy(sql`${runs.finishedAt} desc nulls last`, desc(runs.id))
    .limit(1);
  if (last?.state !== "failed") return false;
  // Found by the source's backups: of all looks there ever were nobody knows the run.
  const ofSource = tx.select({ id: backups.id }).from(backups).where(eq(backups.sourceId, sourceId));
  const found = and(inArray(validations.backupId, ofSource), eq(validations.runId, last.id), eq(validations.verdict, "failed"));
  return (await tx.$count(validations, found)) === 0;
}

/** What was found odd about a backup's size when it was stored. */
async function sizeOf(told: Told): Promise<void> {
  const { tx, event } = told;
  const [backup] = await tx
    .select({ id: backups.id, anomalies: backups.anomalies })
    .from(backups)
    .where(and(eq(backups.runId, event.subjectId), eq(backups.state, "available")));
  if (backup === undefined) return;
  if (backup.anomalies.length === 0) return end(told, "size-anomaly");
  const facts: Params = Object.assign({}, ...backup.anomalies.map(({ params }) => params));
  await open(told, "size-anomaly", { ...facts, anomalies: backup.anomalies.map(({ code }) => code).join(","), backupId: backup.id });
}

async function drillClosed(told: Told): Promise<void> {
  if (text(told, "verdict") !== "failed") return end(told, "drill-failed");
  await open(told, "drill-failed", { drillId: told.event.subjectId });
}

async function gateFailed(told: Told): Promise<void> {
  const { tx, event } = told;
  const [gate] = await tx.select().from(gates).where(eq(gates.id, event.subjectId));
  if (gate === undefined || gate.error?.code === "gate-cancelled") return;
  const { commit, operator } = gate;
  await open(told, "gate-failed", withReason({ gateId: gate.id, commit, operator }, gate.error));
}

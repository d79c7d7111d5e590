import { and, eq, sql } from "drizzle-orm";
import { copies } from "#lib/db/schema/copies";
import { runs } from "#lib/db/schema/runs";
import { LifeboatError, type Params } from "#lib/domain/error";
import { lookAtCopy, recordVerdict } from "../backups/execute-verify.ts";
import { type BackupFacts, loadBackupFacts } from "../backups/facts.ts";
import { waitForChain } from "../chains/lock.ts";
import { assertLease, databaseNow } from "../runs/lease.ts";
import type { RunWork } from "../runs/work.ts";
import type { DatabaseRestore, ReplacementRow } from "./rows.ts";

/**
 * A replacement that could not begin for that long, because no worker was there, is not done any more: what was written since is in no
 * backup, and whoever asked for it expects nothing by now.
 */
const freshMinutes = 60;

/** Throws `safety-backup-old` { minutes }, and `safety-backup-failed` { runId } when the run that this one waited for did not store a backup. Asks the catalogue alone. */
export async function assertSafetyRun({ db }: RunWork, { safetyRunId }: ReplacementRow): Promise<string> {
  const minutes = sql<number>`floor(extract(epoch from ${databaseNow} - ${runs.finishedAt}) / 60)::int`;
  const [safety] = await db.select({ state: runs.state, backupId: runs.backupId, minutes }).from(runs).where(eq(runs.id, safetyRunId));
  if (safety?.state !== "succeeded" || safety.backupId === null) throw new LifeboatError("safety-backup-failed", { runId: safetyRunId });
  if (safety.minutes >= freshMinutes) throw new LifeboatError("safety-backup-old", { minutes: safety.minutes });
  return safety.backupId;
}

/**
 * The safety backup must be whole before the target is touched: made by the very run that was asked for with this replacement (no
 * clocks are compared), of this very database, with nothing left out, *stored*, and now *verified* byte by byte. Its chain stays
 * locked until the run ends. Throws `safety-backup-failed` { runId }.
 */
export async function checkSafetyBackup(work: RunWork, restore: DatabaseRestore, replacement: ReplacementRow): Promise<Params> {
  const { db, deps, run, reporter, signal } = work;
  const { safetyRunId } = replacement;
  const backupId = await assertSafetyRun(work, replacement);
  const { chain } = await loadBackupFacts(db, backupId);
  const held = await waitForChain(db, { chainId: chain.id, holder: run.id, mode: "shared", leaseMs: deps.leaseMs }, signal);
  if (!held) throw new LifeboatError("safety-backup-failed", { runId: safetyRunId });
  const facts = await loadBackupFacts(db, backupId);
  if (!isOf(facts, restore, safetyRunId) || !(await isStored(work, backupId))) {
    throw new LifeboatError("safety-backup-failed", { runId: safetyRunId });
  }
  const startedMs = performance.now();
  const verdict = await lookAtCopy(work, facts);
  signal.throwIfAborted();
  await db.transaction(async (tx) => {
    await assertLease(tx, work.lease);
    await recordVerdict(tx, work, facts, verdict, Math.round(performance.now() - startedMs));
  });
  if (verdict.failure !== null) {
    reporter.log("error", `the safety backup did not pass its verification: ${verdict.failure.code}`);
    throw new LifeboatError("safety-backup-failed", { runId: safetyRunId });
  }
  return { backupId, streamBytes: facts.stream.bytes, verified: true };
}

function isOf({ backup, source }: BackupFacts, restore: DatabaseRestore, safetyRunId: string): boolean {
  const { manifest } = backup;
  const whole = manifest !== null && manifest.excludedSchemas.length === 0 && manifest.excludedTables.length === 0;
  const same = backup.database === restore.database && source.serverId === restore.serverId;
  return whole && same && backup.runId === safetyRunId && backup.state === "available";
}

async function isStored({ db, deps }: RunWork, backupId: string): Promise<boolean> {
  const rows = await db
    .select({ state: copies.state })
    .from(copies)
    .where(and(eq(copies.backupId, backupId), eq(copies.destinationId, deps.destination.id), eq(copies.state, "stored")));
  return rows.length > 0;
}

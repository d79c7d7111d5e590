import { and, eq, sql } from "drizzle-orm";
import { copies } from "#lib/db/schema/copies";
import { runs } from "#lib/db/schema/runs";
import { LifeboatError } from "#lib/domain/error";
import { type BackupFacts, knownBackup, loadBackupFacts } from "../backups/facts.ts";
import { waitForChain } from "../chains/lock.ts";
import { databaseNow } from "../runs/lease.ts";
import type { RunWork } from "../runs/work.ts";

/** A restore in place that could not begin for that long is not done any more: whoever asked for it expects nothing by now. */
const freshMinutes = 60;

/**
 * The backup of what the file holds now: made by the run that this one waited for, of this very file, *stored*, and decoded byte by byte
 * here. Its chain stays locked until the run ends. Throws `safety-backup-failed` { runId } and `safety-backup-old` { minutes }.
 */
export async function checkFileSafety(work: RunWork, path: string): Promise<BackupFacts> {
  const { db, deps, run, reporter, signal } = work;
  const runId = run.afterRunId ?? "";
  const failed = new LifeboatError("safety-backup-failed", { runId });
  const minutes = sql<number>`floor(extract(epoch from ${databaseNow} - ${runs.finishedAt}) / 60)::int`;
  const [safety] = await db.select({ state: runs.state, backupId: runs.backupId, minutes }).from(runs).where(eq(runs.id, runId));
  if (safety?.state !== "succeeded" || safety.backupId === null) throw failed;
  if (safety.minutes >= freshMinutes) throw new LifeboatError("safety-backup-old", { minutes: safety.minutes });
  const { chain } = await loadBackupFacts(db, safety.backupId);
  const held = await waitForChain(db, { chainId: chain.id, holder: run.id, mode: "shared", leaseMs: deps.leaseMs }, signal);
  if (!held) throw failed;
  const facts = await loadBackupFacts(db, safety.backupId);
  const { backup, source } = facts;
  const isOfFile = source.path === path && backup.runId === runId && backup.state === "available";
  if (!isOfFile || !(await isStored(work, backup.id))) throw failed;
  reporter.restart({ bytesTotal: facts.stream.bytes });
  const { failure } = await deps.repository.verify(knownBackup(facts), signal, (bytesDone) => reporter.progress({ bytesDone }));
  if (failure === null) return facts;
  reporter.log("error", `the safety backup did not pass its verification: ${failure.code}`);
  throw failed;
}

async function isStored({ db, deps }: RunWork, backupId: string): Promise<boolean> {
  const wanted = and(eq(copies.backupId, backupId), eq(copies.destinationId, deps.destination.id), eq(copies.state, "stored"));
  return (await db.select({ id: copies.id }).from(copies).where(wanted)).length > 0;
}

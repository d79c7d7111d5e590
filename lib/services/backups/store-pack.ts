import type { Transaction } from "#lib/db/client";
import type { BackupSize } from "#lib/domain/anomaly";
import { reasonOf } from "#lib/domain/error";
import type { CheckOutcome } from "#lib/repository/port";
import { assertLease, tokenOf } from "../runs/lease.ts";
import type { RunWork } from "../runs/work.ts";
import { discardBackup } from "./discard.ts";
import { loadBackupFacts } from "./facts.ts";
import type { Intent } from "./record-intent.ts";
import { commitStored, type DumpedBackup, recordWritten, rereadOutcome } from "./record-written.ts";

/** Checksums onto the intent row, then the rename, then the sidecar: from the rename on a crash leaves a file that its row vouches for. */
export async function publishPack(work: RunWork, intent: Intent, dumped: DumpedBackup, history: readonly BackupSize[]): Promise<void> {
  const { db, deps, reporter } = work;
  await reporter.step("publish", async () => {
    await db.transaction(async (tx) => {
      await assertLease(tx, work.lease);
      await recordWritten(tx, intent.backupId, dumped, history);
    });
    work.signal.throwIfAborted();
    await dumped.written.publish();
    await deps.repository.writeSidecar(await loadBackupFacts(db, intent.backupId), tokenOf(work.lease));
  });
}

/**
 * Reads every stored byte back, then makes the backup visible in one transaction. `ending` runs in it: what else the run has to say
 * (audit row, end of the run). Throws what the re-read throws, `lease-lost`, and the signal's reason.
 */
export async function rereadAndCommit(
  work: RunWork,
  intent: Intent,
  dumped: DumpedBackup,
  ending: (tx: Transaction) => Promise<void>,
): Promise<void> {
  const { db, deps, run, reporter, signal } = work;
  const { pack, stream, needs } = dumped.written;
  const startedMs = performance.now();
  reporter.restart({ bytesTotal: pack.storedBytes });
  const outcome: CheckOutcome = await reporter.step("reread", async () => {
    const found = await deps.repository.reread(pack, signal, (bytesDone) => reporter.progress({ bytesDone }));
    return rereadOutcome(pack, found);
  });
  reporter.log("info", `stored ${stream.bytes} bytes as ${pack.bytes}, SHA-256 of the stream ${stream.sha256}`);
  for (const need of needs) reporter.log("info", `needs ${need.readBytes} bytes in ${need.ranges} ranges of ${need.key}`);
  await reporter.flush();
  signal.throwIfAborted();
  await db.transaction(async (tx) => {
    await assertLease(tx, work.lease);
    await commitStored(tx, deps.context, {
      backupId: intent.backupId,
      destinationId: deps.destination.id,
      runId: run.id,
      checks: [outcome],
      durationMs: performance.now() - startedMs,
    });
    await ending(tx);
  });
}

/**
 * Removes what this claim left. When the lease is gone, somebody else decides about the row and what was published (perhaps it
 * was adopted): then only the temporary file, which nobody else can mean, is removed.
 */
export async function discardUnfinished(work: RunWork, intent: Intent, dumped: DumpedBackup | null, error: unknown): Promise<void> {
  try {
    await dumped?.written.discard();
    if (reasonOf(error).code === "lease-lost") return;
    await discardBackup(work.db, work.deps, intent.backupId, {
      before: async (tx) => {
        await assertLease(tx, work.lease);
        return true;
      },
    });
  } catch (cause) {
    work.deps.logger.warn("leftovers of a failed backup wait for the sweep", { runId: work.run.id, error: cause });
  }
}

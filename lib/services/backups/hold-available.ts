import { LifeboatError } from "#lib/domain/error";
import { waitForChain } from "../chains/lock.ts";
import type { RunWork } from "../runs/work.ts";
import { type BackupFacts, loadBackupFacts } from "./facts.ts";

/**
 * Holds the chain of a backup that a run reads, until the run ends, and tells what is known of it by then. Waits while something is removed from
 * that chain; the run must hold nothing else meanwhile. Throws `not-found` and `backup-not-restorable` { backupId, state }.
 */
export async function holdAvailable(work: RunWork, backupId: string): Promise<BackupFacts> {
  const { db, deps, run, signal } = work;
  const { chain } = await loadAvailable(work, backupId);
  await deps.prepareDestination();
  const held = await waitForChain(db, { chainId: chain.id, holder: run.id, mode: "shared", leaseMs: deps.leaseMs }, signal, Infinity);
  if (!held) throw new LifeboatError("not-found", { entity: "chain", id: chain.id });
  // What was waited for may have been its removal.
  return loadAvailable(work, backupId);
}

async function loadAvailable({ db }: RunWork, backupId: string): Promise<BackupFacts> {
  const found = await loadBackupFacts(db, backupId);
  const { state } = found.backup;
  if (state !== "available") throw new LifeboatError("backup-not-restorable", { backupId: found.backup.id, state });
  return found;
}

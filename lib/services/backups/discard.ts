import { and, eq, inArray, notExists, sql } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { chains } from "#lib/db/schema/chains";
import { packs } from "#lib/db/schema/packs";
import type { WorkerDeps } from "../runs/work.ts";

export type DiscardHooks = {
  /** In the transaction that marks the row: assert the lease there. False: somebody else decides about the backup, and nothing is done. */
  readonly before?: (tx: Transaction) => Promise<boolean>;
  /** In the transaction that removes the row. `removed` is false when somebody was faster, and has told of it. */
  readonly after?: (tx: Transaction, removed: boolean) => Promise<void>;
};

/**
 * Takes a backup out of storage, then out of the catalogue: row `deleting`, sidecar, pack, row. Every part may be gone already, so
 * whoever comes after a crash just does it again, or at the same time: one of them removes the row. True for that one. Storage errors
 * are thrown; the row then stays `deleting` and the next sweep goes on.
 */
export async function discardBackup(
  db: Database,
  deps: Pick<WorkerDeps, "destination" | "repository">,
  backupId: string,
  hooks: DiscardHooks = {},
): Promise<boolean> {
  const isOurs = await db.transaction(async (tx) => {
    if ((await hooks.before?.(tx)) === false) return false;
    await tx.update(backups).set({ state: "deleting" }).where(eq(backups.id, backupId));
    return true;
  });
  if (!isOurs) return false;
  const stored = await db.select({ key: packs.key }).from(packs).where(eq(packs.backupId, backupId));
  for (const { key } of stored) {
    await deps.repository.removeSidecar(key);
    await deps.destination.storage.remove(key);
  }
  return db.transaction(async (tx) => {
    const removed = await removeBackupRow(tx, backupId);
    await hooks.after?.(tx, removed);
    return removed;
  });
}

/** Removes a backup's row and, when it was the last of its chain, the chain. False when the row is gone already. */
async function removeBackupRow(tx: Transaction, backupId: string): Promise<boolean> {
  const own = tx.select({ id: backups.chainId }).from(backups).where(eq(backups.id, backupId));
  // The chain's row serialises removals: two that saw each other's backup still there would both leave the chain.
  await tx.select({ id: chains.id }).from(chains).where(inArray(chains.id, own)).for("no key update");
  const [removed] = await tx.delete(backups).where(eq(backups.id, backupId)).returning({ chainId: backups.chainId });
  if (removed === undefined) return false;
  await tx.delete(chains).where(
    and(
      eq(chains.id, removed.chainId),
      notExists(
        tx
          .select({ one: sql`1` })
          .from(backups)
          .where(eq(backups.chainId, chains.id)),
      ),
    ),
  );
  return true;
}

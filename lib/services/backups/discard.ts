import { and, eq, notExists, sql } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { chains } from "#lib/db/schema/chains";
import { packs } from "#lib/db/schema/packs";
import type { WorkerDeps } from "../runs/work.ts";

/**
 * Takes a backup out of storage, then out of the catalogue: row `deleting`, sidecar, pack, row. Every part may be gone already, so
 * whoever comes after a crash just does it again. `before` runs in the transaction that marks the row (assert the lease there),
 * `after` in the one that removes it. Storage errors are thrown; the row then stays `deleting` and the next sweep goes on.
 */
export async function discardBackup(
  db: Database,
  deps: Pick<WorkerDeps, "destination" | "repository">,
  backupId: string,
  hooks: { before?: (tx: Transaction) => Promise<void>; after?: (tx: Transaction) => Promise<void> } = {},
): Promise<void> {
  await db.transaction(async (tx) => {
    await hooks.before?.(tx);
    await tx.update(backups).set({ state: "deleting" }).where(eq(backups.id, backupId));
  });
  const stored = await db.select({ key: packs.key }).from(packs).where(eq(packs.backupId, backupId));
  for (const { key } of stored) {
    await deps.repository.removeSidecar(key);
    await deps.destination.storage.remove(key);
  }
  await db.transaction(async (tx) => {
    await removeBackupRow(tx, backupId);
    await hooks.after?.(tx);
  });
}

/** Removes a backup's row and, when it was the last of its chain, the chain. */
async function removeBackupRow(tx: Transaction, backupId: string): Promise<void> {
  const [removed] = await tx.delete(backups).where(eq(backups.id, backupId)).returning({ chainId: backups.chainId });
  if (removed === undefined) return;
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
}

import { and, asc, count, eq, ne } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { backupDependencies } from "#lib/db/schema/backup-dependencies";
import { backups } from "#lib/db/schema/backups";
import { dependentsOf, type NeedEdge } from "#lib/domain/removal-order";

/** How many other backups need this one; one that is still being written counts. */
export async function countDependents(tx: Database | Transaction, backupId: string): Promise<number> {
  const [row] = await tx
    .select({ count: count() })
    .from(backupDependencies)
    .where(and(eq(backupDependencies.needsId, backupId), ne(backupDependencies.backupId, backupId)));
  return row?.count ?? 0;
}

/** Which backups of a chain need which. What a member needs lies in its own chain. */
export async function loadChainEdges(tx: Database | Transaction, chainId: string): Promise<NeedEdge[]> {
  return tx
    .select({ backupId: backupDependencies.backupId, needsId: backupDependencies.needsId })
    .from(backupDependencies)
    .innerJoin(backups, eq(backups.id, backupDependencies.backupId))
    .where(eq(backups.chainId, chainId));
}

/** What needs a backup, directly or through another, in the order of making. */
export async function loadDependents(tx: Database | Transaction, backup: { id: string; chainId: string }) {
  const found = dependentsOf([backup.id], await loadChainEdges(tx, backup.chainId));
  if (found.size === 0) return [];
  const members = await tx
    .select({
      id: backups.id,
      kind: backups.kind,
      state: backups.state,
      chainId: backups.chainId,
      runId: backups.runId,
      snapshotAt: backups.snapshotAt,
      storedBytes: backups.storedBytes,
      fileName: backups.fileName,
      pinned: backups.pinned,
    })
    .from(backups)
    .where(eq(backups.chainId, backup.chainId))
    .orderBy(asc(backups.snapshotAt), asc(backups.id));
  return members.filter((member) => found.has(member.id));
}

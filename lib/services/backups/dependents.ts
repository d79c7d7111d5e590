import { and, count, eq, ne } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { backupDependencies } from "#lib/db/schema/backup-dependencies";

/** How many other backups need this one. */
export async function countDependents(tx: Database | Transaction, backupId: string): Promise<number> {
  const [row] = await tx
    .select({ count: count() })
    .from(backupDependencies)
    .where(and(eq(backupDependencies.needsId, backupId), ne(backupDependencies.backupId, backupId)));
  return row?.count ?? 0;
}

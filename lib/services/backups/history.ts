import { and, desc, eq, inArray } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { copies } from "#lib/db/schema/copies";
import type { BackupSize } from "#lib/domain/anomaly";
import type { BackupKind } from "#lib/domain/backup-state";
import type { LeftOut } from "./open-snapshot.ts";

/** How many good backups say what is usual. */
const usual = 7;

export type PastBackup = BackupSize & { readonly storedBytes: number };

/** Sizes of a source's newest good backups that left out the same things, newest first. */
export async function loadHistory(db: Database | Transaction, sourceId: string, left: LeftOut): Promise<PastBackup[]> {
  const rows = await db
    .selectDistinct({
      id: backups.id,
      snapshotAt: backups.snapshotAt,
      streamBytes: backups.streamBytes,
      storedBytes: backups.storedBytes,
      rowCount: backups.rowCount,
      tableCount: backups.tableCount,
      manifest: backups.manifest,
    })
    .from(backups)
    .innerJoin(copies, and(eq(copies.backupId, backups.id), inArray(copies.state, ["stored"])))
    .where(and(eq(backups.sourceId, sourceId), eq(backups.state, "available")))
    .orderBy(desc(backups.snapshotAt), desc(backups.id))
    .limit(usual);
  const wanted = exclusionKey(left);
  return rows.filter((row) => row.manifest !== null && exclusionKey(row.manifest) === wanted);
}

/** Equal for what leaves out the same schemas and tables, in whatever order. */
export function exclusionKey(left: {
  readonly excludedSchemas: readonly string[];
  readonly excludedTables: readonly { readonly schema: string; readonly table: string }[];
}): string {
  const tables = left.excludedTables.map((name) => JSON.stringify([name.schema, name.table]));
  return JSON.stringify([[...left.excludedSchemas].sort(), tables.sort()]);
}

/** What the source's newest good backup of a kind took, or null: what the next one of it will likely take. */
export async function loadLastOfKind(db: Database | Transaction, sourceId: string, kind: BackupKind): Promise<PastBackup | null> {
  const [row] = await db
    .select({
      streamBytes: backups.streamBytes,
      storedBytes: backups.storedBytes,
      rowCount: backups.rowCount,
      tableCount: backups.tableCount,
    })
    .from(backups)
    .innerJoin(copies, and(eq(copies.backupId, backups.id), inArray(copies.state, ["stored"])))
    .where(and(eq(backups.sourceId, sourceId), eq(backups.state, "available"), eq(backups.kind, kind)))
    .orderBy(desc(backups.snapshotAt), desc(backups.id))
    .limit(1);
  return row ?? null;
}

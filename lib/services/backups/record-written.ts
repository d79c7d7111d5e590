import { and, eq } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { backupDependencies } from "#lib/db/schema/backup-dependencies";
import { backupStreams } from "#lib/db/schema/backup-streams";
import { backupTables } from "#lib/db/schema/backup-tables";
import { type BackupManifest, backups } from "#lib/db/schema/backups";
import { copies } from "#lib/db/schema/copies";
import { packs } from "#lib/db/schema/packs";
import { validations } from "#lib/db/schema/validations";
import { type BackupSize, findAnomalies } from "#lib/domain/anomaly";
import { makeId } from "#lib/domain/ids";
import type { SnapshotManifest, SnapshotResult } from "#lib/engines/port";
import type { CheckOutcome, WrittenPack } from "#lib/repository/port";
import type { ServiceContext } from "../context.ts";
import { oneOf } from "../one-of.ts";
import { databaseNow } from "../runs/lease.ts";

/** Rows of one insert: seven values each, below PostgreSQL's 65,535 parameters. */
const tablesPerInsert = 2_000;

/** What is known after the last byte; `listing` is empty where it could not be had. */
export type DumpedBackup = {
  readonly written: WrittenPack;
  readonly result: Pick<SnapshotResult, "tables" | "warnings"> & { readonly manifest: SnapshotManifest | BackupManifest | null };
  readonly listing: string;
};

/**
 * Writes everything that was learnt onto the intent row, before the pack becomes visible: whoever finds the pack after a crash
 * can tell by its checksum that it is whole, and has all that its row needs.
 */
export async function recordWritten(
  tx: Transaction,
  backupId: string,
  dumped: DumpedBackup,
  history: readonly BackupSize[],
): Promise<void> {
  const { stream, pack, needs } = dumped.written;
  const { tables, manifest, warnings } = dumped.result;
  const size = {
    streamBytes: stream.bytes,
    rowCount: tables.reduce((sum, table) => sum + table.rows, 0),
    tableCount: tables.filter((table) => !table.excluded).length,
  };
  // What is needed is locked before what needs it, as removals do: whoever removes it right now is waited for.
  const neededIds = needs.map((need) => need.backupId);
  await tx.select({ id: backups.id }).from(backups).where(oneOf(backups.id, neededIds)).orderBy(backups.id).for("key share");
  await tx
    .update(backups)
    .set({
      ...size,
      storedBytes: pack.storedBytes,
      finishedAt: databaseNow,
      manifest: mutableManifest(manifest),
      listing: dumped.listing,
      anomalies: findAnomalies(size, history),
      warnings: [...warnings],
    })
    .where(eq(backups.id, backupId));
  await tx
    .update(packs)
    .set({ bytes: pack.bytes, packSha256: pack.packSha256, storedBytes: pack.storedBytes, storedSha256: pack.storedSha256 })
    .where(eq(packs.backupId, backupId));
  // Said twice when the connection broke between the commit and its answer.
  await tx
    .insert(backupStreams)
    .values({ backupId, ...stream })
    .onConflictDoNothing();
  // The candidates of the intent row become what the recipe really names.
  await tx.delete(backupDependencies).where(eq(backupDependencies.backupId, backupId));
  if (needs.length > 0) {
    await tx.insert(backupDependencies).values(
      needs.map((need) => ({
        backupId,
        needsId: need.backupId,
        reason: "packs" as const,
        packId: need.packId,
        packKey: need.key,
        readBytes: need.readBytes,
        ranges: need.ranges,
      })),
    );
  }
  for (let from = 0; from < tables.length; from += tablesPerInsert) {
    const rows = tables.slice(from, from + tablesPerInsert).map(({ schema, table, rows: count, bytes, sha256, excluded }) => ({
      backupId,
      schema,
      table,
      rows: count,
      bytes,
      sha256,
      excluded,
    }));
    await tx.insert(backupTables).values(rows).onConflictDoNothing();
  }
}

/** Makes a re-read backup visible: row available, copy stored, and the look that proved it. */
export async function commitStored(
  tx: Transaction,
  context: ServiceContext,
  stored: { backupId: string; destinationId: string; runId: string | null; checks: CheckOutcome[]; durationMs: number },
): Promise<void> {
  await tx.update(backups).set({ state: "available" }).where(eq(backups.id, stored.backupId));
  await tx
    .update(copies)
    .set({ state: "stored", storedAt: databaseNow })
    .where(and(eq(copies.backupId, stored.backupId), eq(copies.destinationId, stored.destinationId)));
  await tx.insert(validations).values({
    id: makeId("validation", context.newUuid()),
    backupId: stored.backupId,
    destinationId: stored.destinationId,
    runId: stored.runId,
    level: "stored",
    verdict: "passed",
    checks: stored.checks,
    at: context.now(),
    durationMs: Math.round(stored.durationMs),
  });
}

/** The outcome of a re-read that agreed (one that did not throws). */
export function rereadOutcome(expected: { storedSha256: string }, found: { sha256: string }): CheckOutcome {
  return { code: "pack-checksum", verdict: "passed", expected: expected.storedSha256, actual: found.sha256 };
}

function mutableManifest(manifest: DumpedBackup["result"]["manifest"]): BackupManifest | null {
  return structuredClone(manifest) as BackupManifest | null;
}

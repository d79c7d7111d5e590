import { and, asc, desc, eq, sql } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { backups, type BackupManifest } from "#lib/db/schema/backups";
import { chains } from "#lib/db/schema/chains";
import { copies } from "#lib/db/schema/copies";
import { packs } from "#lib/db/schema/packs";
import type { StreamExtension } from "#lib/domain/backup-state";
import type { BasePack, ChainCandidate } from "#lib/domain/choose-base";
import type { ChainParameters, PackRef } from "#lib/repository/port";
import { loadNeeds, packRef } from "./facts.ts";
import { exclusionKey } from "./history.ts";
import type { LeftOut } from "./open-snapshot.ts";

/** So many newest backups are looked through for one that a member can be compared with. */
const lookedAt = 500;

/**
 * A source's backups as candidates, newest first. Archives that came from elsewhere are left out: a `pg_dump` of other people is
 * compressed, and nothing of it would ever be found again.
 */
export async function loadCandidates(
  db: Database | Transaction,
  source: { id: string; extension: StreamExtension },
  leftOut: LeftOut,
): Promise<ChainCandidate[]> {
  const rows = await db
    .select({
      id: backups.id,
      chainId: backups.chainId,
      kind: backups.kind,
      baseId: backups.baseId,
      origin: backups.origin,
      extension: backups.extension,
      excludedSchemas: sql<BackupManifest["excludedSchemas"] | null>`${backups.manifest} -> 'excludedSchemas'`,
      excludedTables: sql<BackupManifest["excludedTables"] | null>`${backups.manifest} -> 'excludedTables'`,
      retiredAt: chains.retiredAt,
    })
    .from(backups)
    .innerJoin(chains, eq(chains.id, backups.chainId))
    .where(and(eq(backups.sourceId, source.id), eq(backups.state, "available")))
    .orderBy(desc(backups.snapshotAt), desc(backups.id))
    .limit(lookedAt);
  const wanted = exclusionKey(leftOut);
  return rows
    .filter(({ origin, extension }) => extension !== "dump" || origin === "made" || origin === "synthetic")
    .map((row) => ({
      backupId: row.id,
      chainId: row.chainId,
      fullId: row.kind === "full" ? row.id : (row.baseId ?? ""),
      sameStream: row.extension === source.extension,
      sameExcludes: exclusionKey({ excludedSchemas: row.excludedSchemas ?? [], excludedTables: row.excludedTables ?? [] }) === wanted,
      retired: row.retiredAt !== null,
    }));
}

/** A base as the catalogue knows it: what its packs are said to be, and what a member may refer to. */
export type KnownBase = {
  readonly chain: ChainParameters;
  /** The full that it descends from, or itself. */
  readonly fullId: string;
  readonly streamBytes: number;
  readonly packs: readonly BasePack[];
  /** Of those packs that the catalogue knows, in the same order. */
  readonly refs: readonly PackRef[];
};

/** Null when the backup is gone, or is on its way. */
export async function loadBase(db: Database | Transaction, backupId: string, destinationId: string): Promise<KnownBase | null> {
  const [row] = await db
    .select({ backup: { kind: backups.kind, baseId: backups.baseId, streamBytes: backups.streamBytes }, chain: chains, pack: packs })
    .from(backups)
    .innerJoin(chains, eq(chains.id, backups.chainId))
    .innerJoin(packs, eq(packs.backupId, backups.id))
    .where(and(eq(backups.id, backupId), eq(backups.state, "available")))
    .orderBy(asc(packs.key))
    .limit(1);
  if (row === undefined) return null;
  const needs = (await loadNeeds(db, backupId)).filter(({ dependency }) => dependency.reason === "packs");
  const wanted = [
    { backupId, key: row.pack.key, pack: row.pack },
    ...needs.map(({ dependency, pack }) => ({ backupId: dependency.needsId, key: dependency.packKey, pack })),
  ];
  const copyRows = await db
    .select({ backupId: copies.backupId, state: copies.state, failedAt: copies.failedAt, backupState: backups.state })
    .from(copies)
    .innerJoin(backups, eq(backups.id, copies.backupId))
    .where(and(eq(copies.destinationId, destinationId), eq(backups.chainId, row.chain.id)));
  const copyOf = new Map(copyRows.map((copy) => [copy.backupId, copy]));
  return {
    chain: { chainId: row.chain.id, seed: row.chain.seed, averageSegmentBytes: row.chain.averageSegmentBytes },
    fullId: row.backup.kind === "full" ? backupId : (row.backup.baseId ?? backupId),
    streamBytes: row.backup.streamBytes,
    packs: wanted.map((each) => {
      const copy = copyOf.get(each.backupId);
      const isThere = each.pack !== null && copy !== undefined && copy.backupState === "available";
      return { backupId: each.backupId, key: each.key, copy: isThere ? { state: copy.state, failed: copy.failedAt !== null } : null };
    }),
    refs: wanted.flatMap(({ pack }) => (pack === null ? [] : [packRef(pack)])),
  };
}

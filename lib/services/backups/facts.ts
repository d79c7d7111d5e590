import { and, asc, eq } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { backupDependencies } from "#lib/db/schema/backup-dependencies";
import { backupStreams } from "#lib/db/schema/backup-streams";
import { backupTables } from "#lib/db/schema/backup-tables";
import { backups } from "#lib/db/schema/backups";
import { chains } from "#lib/db/schema/chains";
import { packs } from "#lib/db/schema/packs";
import { servers } from "#lib/db/schema/servers";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError } from "#lib/domain/error";
import type { KnownBackup, PackRef } from "#lib/repository/port";

type PackRow = typeof packs.$inferSelect;
type StreamRow = typeof backupStreams.$inferSelect;
type DependencyRow = typeof backupDependencies.$inferSelect;

/** A backup that another one needs; `pack` is null when the catalogue does not know it (any more). */
export type Needed = { readonly dependency: DependencyRow; readonly pack: PackRow | null };

/** Everything that the catalogue knows of one backup: what its sidecar says, so that the catalogue can be rebuilt from storage. */
export type BackupFacts = {
  readonly backup: typeof backups.$inferSelect;
  readonly chain: typeof chains.$inferSelect;
  readonly source: typeof sources.$inferSelect;
  /** Null for a file. */
  readonly server: typeof servers.$inferSelect | null;
  readonly pack: PackRow;
  readonly needs: readonly Needed[];
  /** Chains whose place this full took. */
  readonly supersedes: readonly (typeof chains.$inferSelect)[];
  readonly stream: StreamRow;
  readonly tables: readonly (typeof backupTables.$inferSelect)[];
};

/** Loads a backup with its one stream and pack. Throws `not-found`, also for an intent row whose dump has not ended. */
export async function loadBackupFacts(db: Database | Transaction, backupId: string): Promise<BackupFacts> {
  const [row] = await db
    .select({ backup: backups, chain: chains, source: sources, server: servers, pack: packs, stream: backupStreams })
    .from(backups)
    .innerJoin(chains, eq(chains.id, backups.chainId))
    .innerJoin(sources, eq(sources.id, backups.sourceId))
    .leftJoin(servers, eq(servers.id, sources.serverId))
    .innerJoin(packs, eq(packs.backupId, backups.id))
    .innerJoin(backupStreams, and(eq(backupStreams.backupId, backups.id), eq(backupStreams.name, "base")))
    .where(eq(backups.id, backupId));
  if (row === undefined) throw new LifeboatError("not-found", { entity: "backup", id: backupId });
  const tables = await db
    .select()
    .from(backupTables)
    .where(eq(backupTables.backupId, backupId))
    .orderBy(asc(backupTables.schema), asc(backupTables.table));
  const supersedes = await db.select().from(chains).where(eq(chains.supersededById, backupId)).orderBy(asc(chains.id));
  return { ...row, needs: await loadNeeds(db, backupId), supersedes, tables };
}

/** What a backup's recipe names beside its own pack, oldest first. */
export async function loadNeeds(db: Database | Transaction, backupId: string): Promise<Needed[]> {
  return db
    .select({ dependency: backupDependencies, pack: packs })
    .from(backupDependencies)
    .leftJoin(packs, eq(packs.id, backupDependencies.packId))
    .where(eq(backupDependencies.backupId, backupId))
    .orderBy(asc(backupDependencies.packId));
}

/** The backup as readers expect it to lie in storage. Throws `chain-broken` { key } for a needed pack that the catalogue does not know. */
export function knownBackup(facts: Pick<BackupFacts, "pack" | "needs" | "stream">): KnownBackup {
  const { pack, needs, stream } = facts;
  return {
    backupId: pack.backupId,
    pack: packRef(pack),
    needs: needs.flatMap(({ dependency, pack: needed }) => {
      if (dependency.reason !== "packs") return [];
      if (needed === null) throw new LifeboatError("chain-broken", { key: dependency.packKey });
      return [packRef(needed)];
    }),
    stream: { name: stream.name, bytes: stream.bytes, sha256: stream.sha256, rootHash: stream.rootHash },
  };
}

/** A pack's row as readers and sidecars name it. */
export function packRef({ id, backupId, key, bytes, packSha256, storedBytes, storedSha256 }: PackRow): PackRef {
  return { packId: id, backupId, key, bytes, packSha256, storedBytes, storedSha256 };
}

import { and, asc, eq } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { backupStreams } from "#lib/db/schema/backup-streams";
import { backupTables } from "#lib/db/schema/backup-tables";
import { backups } from "#lib/db/schema/backups";
import { chains } from "#lib/db/schema/chains";
import { packs } from "#lib/db/schema/packs";
import { servers } from "#lib/db/schema/servers";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError } from "#lib/domain/error";

/** Everything that the catalogue knows of one backup: what its sidecar says, so that the catalogue can be rebuilt from storage. */
export type BackupFacts = {
  readonly backup: typeof backups.$inferSelect;
  readonly chain: typeof chains.$inferSelect;
  readonly source: typeof sources.$inferSelect;
  readonly server: typeof servers.$inferSelect;
  readonly pack: typeof packs.$inferSelect;
  readonly stream: typeof backupStreams.$inferSelect;
  readonly tables: readonly (typeof backupTables.$inferSelect)[];
};

/** What the catalogue knows of a stored full beforehand. */
export type KnownPack = {
  readonly key: string;
  readonly storedBytes: number;
  readonly storedSha256: string;
  readonly stream: { readonly name: string; readonly bytes: number; readonly sha256: string; readonly rootHash: string };
};

/** Loads a backup with its one stream and pack. Throws `not-found`, also for an intent row whose dump has not ended. */
export async function loadBackupFacts(db: Database | Transaction, backupId: string): Promise<BackupFacts> {
  const [row] = await db
    .select({ backup: backups, chain: chains, source: sources, server: servers, pack: packs, stream: backupStreams })
    .from(backups)
    .innerJoin(chains, eq(chains.id, backups.chainId))
    .innerJoin(sources, eq(sources.id, backups.sourceId))
    .innerJoin(servers, eq(servers.id, sources.serverId))
    .innerJoin(packs, eq(packs.backupId, backups.id))
    .innerJoin(backupStreams, and(eq(backupStreams.backupId, backups.id), eq(backupStreams.name, "base")))
    .where(eq(backups.id, backupId));
  if (row === undefined) throw new LifeboatError("not-found", { entity: "backup", id: backupId });
  const tables = await db
    .select()
    .from(backupTables)
    .where(eq(backupTables.backupId, backupId))
    .orderBy(asc(backupTables.schema), asc(backupTables.table));
  return { ...row, tables };
}

/** The pack as readers expect it to lie in storage. */
export function knownPack(facts: Pick<BackupFacts, "pack" | "stream">): KnownPack {
  const { pack, stream } = facts;
  return {
    key: pack.key,
    storedBytes: pack.storedBytes,
    storedSha256: pack.storedSha256,
    stream: { name: stream.name, bytes: stream.bytes, sha256: stream.sha256, rootHash: stream.rootHash },
  };
}

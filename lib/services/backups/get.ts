import { and, asc, eq } from "drizzle-orm";
import type { BackupDetailDto } from "#lib/contracts/backups";
import type * as contract from "#lib/contracts/backups";
import type { EndpointInput } from "#lib/contracts/endpoint";
import { backupStreams } from "#lib/db/schema/backup-streams";
import { backups, type ImportedFile } from "#lib/db/schema/backups";
import { copies } from "#lib/db/schema/copies";
import { destinations } from "#lib/db/schema/destinations";
import { packs } from "#lib/db/schema/packs";
import { LifeboatError } from "#lib/domain/error";
import { copyName, stockCommands } from "#lib/domain/stock-commands";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { isVisible } from "./good.ts";
import { loadBackup } from "./load.ts";

function readStreams(context: ServiceContext, id: string) {
  return context.db
    .select({
      name: backupStreams.name,
      bytes: backupStreams.bytes,
      sha256: backupStreams.sha256,
      rootHash: backupStreams.rootHash,
      segments: backupStreams.segments,
    })
    .from(backupStreams)
    .where(eq(backupStreams.backupId, id))
    .orderBy(asc(backupStreams.name));
}

function readCopies(context: ServiceContext, id: string) {
  return context.db
    .select({
      id: copies.id,
      destinationId: copies.destinationId,
      destinationName: destinations.name,
      state: copies.state,
      storedAt: copies.storedAt,
      verifiedAt: copies.verifiedAt,
    })
    .from(copies)
    .innerJoin(destinations, eq(destinations.id, copies.destinationId))
    .where(eq(copies.backupId, id))
    .orderBy(asc(destinations.createdAt));
}

async function readFacts(context: ServiceContext, id: string) {
  const [row] = await context.db
    .select({ manifest: backups.manifest, imported: backups.imported, tableCount: backups.tableCount, rowCount: backups.rowCount })
    .from(backups)
    .where(and(eq(backups.id, id), isVisible));
  if (row === undefined) throw new LifeboatError("not-found", { entity: "backup", id });
  return row;
}

function toImported(imported: ImportedFile | null): BackupDetailDto["imported"] {
  if (imported === null) return null;
  const { fileName, bytes, sha256, format } = imported;
  return { fileName, bytes, sha256, format };
}

/** One backup with its streams, packs, copies and properties, and the stock commands for its file. Throws `not-found`. */
export async function getBackup(context: ServiceContext, input: EndpointInput<typeof contract.getBackup>): Promise<BackupDetailDto> {
  authorise(context, "backups:read");
  const { id } = input.params;
  const backup = await loadBackup(context.db, id);
  const [facts, streams, packRows, copyRows] = await Promise.all([
    readFacts(context, id),
    readStreams(context, id),
    context.db
      .select({ id: packs.id, key: packs.key, bytes: packs.bytes, packSha256: packs.packSha256 })
      .from(packs)
      .where(eq(packs.backupId, id))
      .orderBy(asc(packs.key)),
    readCopies(context, id),
  ]);
  const { manifest } = facts;
  const [stream] = streams;
  const [pack] = packRows;
  const isOneFile = backup.kind === "full" && stream !== undefined && pack !== undefined && streams.length === 1 && packRows.length === 1;
  return {
    ...backup,
    streams,
    packs: packRows,
    copies: copyRows.map((copy) => ({
      id: copy.id,
      destinationId: copy.destinationId,
      destinationName: copy.destinationName,
      state: copy.state,
      storedAt: copy.storedAt?.toISOString() ?? null,
      verifiedAt: copy.verifiedAt?.toISOString() ?? null,
    })),
    properties: manifest?.properties ?? null,
    extensions: manifest?.extensions ?? [],
    roles: manifest?.roles ?? [],
    sequences: manifest?.sequences ?? [],
    migrationHead: manifest?.migrationHead ?? null,
    excludedSchemas: manifest?.excludedSchemas ?? [],
    excludedTables: manifest?.excludedTables ?? [],
    tableCount: facts.tableCount,
    rowCount: facts.rowCount,
    imported: toImported(facts.imported),
    stockCommands: isOneFile
      ? stockCommands({
          fileName: backup.fileName,
          packSha256: pack.packSha256,
          streamSha256: stream.sha256,
          extension: backup.extension,
          database: copyName(backup.database),
          properties: manifest?.properties ?? null,
        })
      : [],
  };
}

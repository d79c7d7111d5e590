import { and, eq, exists, isNull, sql } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { backupDependencies } from "#lib/db/schema/backup-dependencies";
import { backupStreams } from "#lib/db/schema/backup-streams";
import { backupTables } from "#lib/db/schema/backup-tables";
import { backups } from "#lib/db/schema/backups";
import { chains } from "#lib/db/schema/chains";
import { copies } from "#lib/db/schema/copies";
import { installation } from "#lib/db/schema/installation";
import { packs } from "#lib/db/schema/packs";
import { servers } from "#lib/db/schema/servers";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError, reasonOf } from "#lib/domain/error";
import { makeId } from "#lib/domain/ids";
import { rereadPack } from "#lib/repository/reread-pack";
import { readSidecar } from "#lib/repository/sidecar";
import type { SidecarFacts } from "#lib/repository/sidecar-schema";
import type { Storage } from "#lib/storage/port";
import { recordAudit } from "../audit/record.ts";
import { commitStored, rereadOutcome } from "../backups/record-written.ts";
import { systemActor, type ServiceContext } from "../context.ts";

export type Rebuilding = {
  readonly storage: Storage;
  readonly destinationId: string;
  readonly signal: AbortSignal;
  /** Told for each pack once it is decided about. */
  readonly onPack?: (key: string, outcome: string) => void;
};

/** Keys of packs by what became of them. */
export type Rebuilt = {
  readonly added: string[];
  /** The catalogue knew them already; nothing of them was changed. */
  readonly known: string[];
  /** No sidecar, an edited one, or one of another installation: never believed, never touched. */
  readonly untrusted: string[];
  /** The sidecar is ours, the pack beside it is not what it says. */
  readonly damaged: string[];
  /** The catalogue knew them, storage does not have them any more: their copies say so now. */
  readonly missing: string[];
};

/**
 * Makes the catalogue's rows again from what lies in storage: after the catalogue was lost, or restored to an earlier day. Every pack
 * with a trusted sidecar is read back whole and then gets its rows; what is known stays as it is, so it can be done at any time and
 * again. Servers come without users and passwords. A new catalogue takes over the installation that the sidecars name. Throws
 * `destination-foreign` when the folder is another's.
 */
export async function rebuildFromStorage(context: ServiceContext, work: Rebuilding): Promise<Rebuilt> {
  const { storage, signal } = work;
  const result: Rebuilt = { added: [], known: [], untrusted: [], damaged: [], missing: [] };
  const found = new Map<string, SidecarFacts>();
  const seen = new Set<string>();
  for await (const { key } of storage.list("")) {
    signal.throwIfAborted();
    if (!key.endsWith(".zst")) continue;
    seen.add(key);
    const reading = await readSidecar(storage, key, context.keyring);
    if (reading.state === "trusted") found.set(key, reading.facts);
    else tell(work, result.untrusted, key, reading.state);
  }
  await storage.prepare(await takeOverInstallation(context, [...found.values()]), { createMarker: seen.size === 0 });
  // What others refer to comes first.
  for (const [key, facts] of [...found].sort(([, a], [, b]) => a.backup.snapshotAt.localeCompare(b.backup.snapshotAt))) {
    signal.throwIfAborted();
    await addPack(context, work, result, key, facts);
  }
  await retireSuperseded(context, [...found.values()]);
  await markMissing(context, work, result, seen);
  return result;
}

function tell({ onPack }: Rebuilding, list: string[], key: string, outcome: string): void {
  list.push(key);
  onPack?.(key, outcome);
}

/** The installation's id is what the folder's marker names. Only a catalogue without a single backup takes over another one. */
async function takeOverInstallation({ db }: ServiceContext, facts: readonly SidecarFacts[]): Promise<string> {
  const [row] = await db.select().from(installation).limit(1);
  if (row === undefined) throw new LifeboatError("not-found", { entity: "installation", id: "" });
  const told = [...new Set(facts.map(({ installationId }) => installationId))];
  const [only] = told;
  if (only === undefined || told.length > 1 || only === row.id) return row.id;
  const [known] = await db.select({ id: backups.id }).from(backups).limit(1);
  if (known !== undefined) return row.id;
  await db.update(installation).set({ id: only }).where(eq(installation.id, row.id));
  return only;
}

async function addPack(
  context: ServiceContext,
  work: Rebuilding,
  result: Rebuilt,
  key: string,
  facts: SidecarFacts,
  { replacing }: { replacing?: string } = {},
): Promise<void> {
  const { db } = context;
  const [known] = await db.select({ id: packs.id }).from(packs).where(eq(packs.key, key));
  if (known !== undefined && replacing === undefined) return tell(work, result.known, key, "known");
  const pack = facts.packs.find((each) => each.key === key);
  if (pack === undefined) return tell(work, result.untrusted, key, "moved");
  const startedMs = performance.now();
  let checks;
  try {
    checks = [rereadOutcome(pack, await rereadPack(work.storage, pack, work.signal))];
  } catch (error) {
    work.signal.throwIfAborted();
    return tell(work, result.damaged, key, reasonOf(error).code);
  }
  await db.transaction(async (tx) => {
    if (replacing !== undefined) await tx.delete(backups).where(sql`${backups.id} = ${replacing} and ${backups.state} = 'writing'`);
    await insertOrigin(tx, context, facts);
    await insertBackup(tx, context, work.destinationId, facts);
    const stored = { backupId: facts.backup.id, destinationId: work.destinationId, runId: facts.backup.runId, checks };
    await commitStored(tx, context, { ...stored, durationMs: performance.now() - startedMs });
    await recordAudit(
      tx,
      { ...context, actor: systemActor },
      {
        action: "backup.rebuilt",
        targetType: "backup",
        targetId: facts.backup.id,
        targetName: facts.backup.fileName,
        after: { sourceId: facts.source.id, storedBytes: pack.storedBytes },
      },
    );
  });
  tell(work, result.added, key, "added");
}

/**
 * Adds the one pack under `key` when its sidecar is ours, tells of this backup, and the pack is whole. For an intent row of a catalogue
 * that was restored to a moment before the backup ended: the row is replaced by what the sidecar says. False: nothing was changed.
 */
export async function adoptFromSidecar(
  context: ServiceContext,
  work: Rebuilding,
  intent: { backupId: string; key: string },
): Promise<boolean> {
  const { backupId, key } = intent;
  const reading = await readSidecar(work.storage, key, context.keyring);
  if (reading.state !== "trusted" || reading.facts.backup.id !== backupId) return false;
  const result: Rebuilt = { added: [], known: [], untrusted: [], damaged: [], missing: [] };
  await addPack(context, work, result, key, reading.facts, { replacing: backupId });
  return result.added.length > 0;
}

/** Server and source as the sidecar names them, unless they are there. */
async function insertOrigin(tx: Transaction, context: ServiceContext, { server, source, chain, manifest }: SidecarFacts): Promise<void> {
  const now = context.now();
  const stamps = { createdAt: now, updatedAt: now };
  if (server !== null) await insertServer(tx, server, stamps);
  const place =
    server === null
      ? and(eq(sources.path, source.path ?? ""), eq(sources.workerGroup, source.workerGroup ?? ""))
      : and(eq(sources.serverId, server.id), eq(sources.database, source.database));
  const [taken] = await tx
    .select({ id: sources.id })
    .from(sources)
    .where(and(place, isNull(sources.removedAt)));
  await tx
    .insert(sources)
    .values({
      ...source,
      serverId: server?.id ?? null,
      excludedSchemas: manifest?.excludedSchemas ?? [],
      excludedTables: manifest?.excludedTables ?? [],
      // Its server has no password yet, and another source may protect that database by now.
      pausedAt: now,
      removedAt: taken === undefined || taken.id === source.id ? null : now,
      ...stamps,
    })
    .onConflictDoNothing();
  await tx
    .insert(chains)
    .values({ ...chain, sourceId: source.id, createdAt: new Date(chain.createdAt) })
    .onConflictDoNothing();
}

/** A name that another server has since gets the id's end behind it. */
async function insertServer(
  tx: Transaction,
  server: NonNullable<SidecarFacts["server"]>,
  stamps: { createdAt: Date; updatedAt: Date },
): Promise<void> {
  const [named] = await tx
    .select({ id: servers.id })
    .from(servers)
    .where(sql`lower(${servers.name}) = lower(${server.name}) and ${servers.removedAt} is null`);
  const name = named === undefined || named.id === server.id ? server.name : `${server.name} ${server.id.slice(-8)}`;
  await tx
    .insert(servers)
    .values({ ...server, name, tlsMode: "prefer", username: "", maintenanceDatabase: "postgres", ...stamps })
    .onConflictDoNothing();
}

/** Chains that a consolidation ended, once the full that took their place is known. */
async function retireSuperseded({ db }: ServiceContext, told: readonly SidecarFacts[]): Promise<void> {
  for (const { backup, supersedes = [] } of told) {
    for (const { chainId, retiredAt } of supersedes) {
      await db
        .update(chains)
        .set({ retiredAt: new Date(retiredAt), supersededById: backup.id })
        .where(and(eq(chains.id, chainId), isNull(chains.retiredAt), exists(db.select().from(backups).where(eq(backups.id, backup.id)))));
    }
  }
}

async function insertBackup(tx: Transaction, context: ServiceContext, destinationId: string, facts: SidecarFacts): Promise<void> {
  const { createdBy, fencingToken, snapshotAt, startedAt, dataTakenAt: _taken, finishedAt, ...told } = facts.backup;
  const backupId = told.id;
  const [stream] = facts.streams;
  const kept = facts.tables.filter((table) => !table.excluded);
  await tx.insert(backups).values({
    ...told,
    sourceId: facts.source.id,
    chainId: facts.chain.id,
    state: "writing",
    fencingToken: fencingToken ?? 0,
    snapshotAt: new Date(snapshotAt),
    startedAt: new Date(startedAt),
    dataTakenAt: dataTakenAt(facts.backup),
    finishedAt: new Date(finishedAt),
    streamBytes: stream?.bytes ?? 0,
    storedBytes: facts.packs.reduce((sum, pack) => sum + pack.storedBytes, 0),
    tableCount: kept.length,
    rowCount: facts.tables.reduce((sum, table) => sum + table.rows, 0),
    manifest: facts.manifest,
    anomalies: facts.anomalies,
    warnings: facts.warnings,
    createdByType: createdBy.type,
    createdById: createdBy.id,
    createdByName: createdBy.name,
  });
  await tx.insert(packs).values(facts.packs.map(({ packId, ...pack }) => ({ id: packId, backupId, ...pack })));
  if (facts.streams.length > 0) await tx.insert(backupStreams).values(facts.streams.map((each) => ({ backupId, ...each })));
  for (let from = 0; from < facts.tables.length; from += tablesPerInsert) {
    await tx
      .insert(backupTables)
      .values(facts.tables.slice(from, from + tablesPerInsert).map((table) => Object.assign({ backupId }, table)));
  }
  if (facts.dependencies.length > 0) {
    await tx.insert(backupDependencies).values(facts.dependencies.map((each) => ({ backupId, ...dependencyOf(facts, each) })));
  }
  await tx
    .insert(copies)
    .values({ id: makeId("copy", context.newUuid()), backupId, sourceId: facts.source.id, destinationId, state: "writing" });
}

/** A synthetic full whose sidecar is of before does not say when its data were taken: not after their snapshot, and not after it was made. */
function dataTakenAt({ origin, dataTakenAt: told, snapshotAt, startedAt }: SidecarFacts["backup"]): Date | null {
  if (told !== undefined && told !== null) return new Date(told);
  return origin === "synthetic" ? new Date(Math.min(Date.parse(snapshotAt), Date.parse(startedAt))) : null;
}

/** A base that is gone stays named: its member is shown as broken, not lost. */
function dependencyOf({ needs = [] }: SidecarFacts, { backupId, reason }: SidecarFacts["dependencies"][number]) {
  const need = needs.find((each) => each.backupId === backupId);
  return {
    needsId: backupId,
    reason,
    packId: need?.packId ?? "",
    packKey: need?.key ?? "",
    readBytes: need?.readBytes ?? 0,
    ranges: need?.ranges ?? 0,
  };
}

/** Rows of one insert: seven values each, below PostgreSQL's 65,535 parameters. */
const tablesPerInsert = 2_000;

/** A catalogue of yesterday knows backups that were deleted since. They are shown as missing, for somebody to decide. */
async function markMissing({ db }: ServiceContext, work: Rebuilding, result: Rebuilt, seen: ReadonlySet<string>): Promise<void> {
  const known = await db
    .select({ key: packs.key, backupId: packs.backupId })
    .from(packs)
    .innerJoin(backups, eq(backups.id, packs.backupId))
    .where(eq(backups.state, "available"));
  for (const { key, backupId } of known.filter((pack) => !seen.has(pack.key))) {
    await db
      .update(copies)
      .set({ state: "missing", failedAt: sql`clock_timestamp()`, failure: { code: "pack-missing", params: { key } } })
      .where(sql`${copies.backupId} = ${backupId} and ${copies.destinationId} = ${work.destinationId} and ${copies.state} <> 'missing'`);
    tell(work, result.missing, key, "missing");
  }
}

import type postgres from "postgres";
import { LifeboatError } from "#lib/domain/error";
import type { EngineContext, OpenSnapshot, SnapshotManifest, SnapshotRequest, SnapshotResult, TableDigest } from "../port.ts";
import type { PinnedAddress } from "./address.ts";
import { mapConnectionError } from "./connection-errors.ts";
import { closeSql, libpqEnvironment, openSql, reserveSession } from "./connection.ts";
import { dumpArguments } from "./dump-arguments.ts";
import { DumpStream } from "./dump-stream.ts";
import type { Deps } from "./engine-options.ts";
import { readGlobals } from "./globals.ts";
import { helperName } from "./session-name.ts";
import { endLeftovers } from "./leftovers.ts";
import { readMigrationHead } from "./migration-head.ts";
import { reachServer, readVersion, type ServerVersion } from "./server.ts";
import { countRows, estimateBytes, findUnreadable, readManifest, refuseUnreadable, splitUnreadable } from "./snapshot-facts.ts";
import { lookLimitMs, type StallBounds, StallWatch } from "./stall-watch.ts";
import { pickToolSet, safetyNote } from "./tool-choice.ts";
import { waitWatched } from "./watched-read.ts";

/** SHA-256 of nothing: the digest of a table without rows or whose rows were left out. */
export const emptySha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** Stands where no digest could be taken (`digestsFromStream` is false then). */
export const unknownSha256 = "0".repeat(64);

type Inside = {
  readonly version: ServerVersion;
  readonly backendPid: number;
  readonly snapshotId: string;
  readonly snapshotAt: Date;
  readonly estimatedBytes: number | null;
  readonly dropped: SnapshotRequest["excludedTables"];
  readonly manifest: Omit<SnapshotManifest, "globalsSql">;
};

/** Measuring a table waits for its lock: one that is held makes the size unknown, and pg_dump then names the table. */
async function tryEstimate(sql: postgres.ReservedSql, request: SnapshotRequest): Promise<number | null> {
  await sql`savepoint estimate`;
  try {
    await sql`set local lock_timeout = '1s'`;
    return await estimateBytes(sql, request);
  } catch {
    return null;
  } finally {
    await sql`rollback to savepoint estimate`;
  }
}

/** Begins the transaction whose snapshot pg_dump takes over, and reads in it what the dump does not carry. */
async function begin(sql: postgres.ReservedSql, request: SnapshotRequest): Promise<Inside> {
  const version = await readVersion(sql);
  await sql`begin isolation level repeatable read read only`;
  await sql`set local statement_timeout = 0`;
  await sql`set local idle_in_transaction_session_timeout = 0`;
  const [row] = await sql<{ id: string; at: Date; pid: number }[]>`select pg_export_snapshot() as id, now() as at, pg_backend_pid() as pid`;
  const { dropped, blocking } = splitUnreadable(await findUnreadable(sql, request.excludedSchemas), request.excludedTables);
  refuseUnreadable(blocking);
  const manifest = await readManifest(sql, request, version.number);
  const migrationHead = await readMigrationHead(sql);
  const estimatedBytes = await tryEstimate(sql, request);
  const { id: snapshotId, at: snapshotAt, pid: backendPid } = row!;
  return { version, backendPid, snapshotId, snapshotAt, estimatedBytes, dropped, manifest: { ...manifest, migrationHead } };
}

/**
 * Opens a snapshot of one database: a transaction that exports its snapshot, and a pg_dump that reads it. Excluded tables keep their
 * definition and lose their rows (left out whole only where the role may not even lock them); excluded schemas are left out whole.
 */
export async function openSnapshot(deps: Deps, request: SnapshotRequest, context: EngineContext): Promise<OpenSnapshot> {
  const address = await reachServer(request.address, context.signal);
  const sql = openSql(address, request.database, helperName(context.applicationName, "snapshot"));
  const watch = sessionWatch(address, request, context, deps.options);
  const prepare = async () => {
    // postgres.js never resolves a reservation that itself has to connect: connect first.
    await sql`select 1`;
    const session = await reserveSession(sql);
    return { session, inside: await begin(session, request) };
  };
  try {
    const { stallMs, lookMs } = deps.options;
    const { session, inside } = await waitWatched(prepare(), stallMs, async (ms) => await watch.check(ms), context.signal);
    context.signal.throwIfAborted();
    const toolSet = pickToolSet(await deps.tools.sets(), inside.version.major, ["pg_dump"], await deps.tools.installer());
    const env = await libpqEnvironment(address, request.database, context);
    const globals = toolSet.tools.includes("pg_dumpall")
      ? await readGlobals(toolSet.path, env, context.signal)
      : { sql: null, warning: "roles and tablespaces were not recorded: pg_dumpall is missing" };
    const notes = globals.warning === null ? [] : [globals.warning];
    // Told in the log, not as a warning of the backup: its bytes are as good.
    for (const note of [...notes, ...safetyNote(toolSet)]) context.log("warning", note);
    const lockWaitMs = request.lockWaitSeconds > 0 ? request.lockWaitSeconds * 1_000 : deps.options.lockWaitMs;
    const choice = { ...request, droppedTables: inside.dropped, lockWaitMs, snapshotId: inside.snapshotId, dataOnly: false };
    const encoding = inside.manifest.properties?.encoding ?? null;
    const dump = new DumpStream({
      binDir: toolSet.path,
      args: dumpArguments({ ...choice, encoding }),
      env,
      address,
      database: request.database,
      applicationName: context.applicationName,
      lockWaitMs,
      stallMs,
      lookMs,
      signal: context.signal,
    });
    context.log("info", `pg_dump ${toolSet.version} reads PostgreSQL ${inside.version.text}`);
    return new Snapshot({
      address,
      request,
      context,
      sql,
      session,
      inside,
      dump,
      notes,
      globalsSql: globals.sql,
      bounds: { stallMs, lookMs },
      toolVersion: toolSet.version,
    });
  } catch (error) {
    await closeSql(sql, 1);
    context.signal.throwIfAborted();
    throw mapConnectionError(error, address, request.database);
  }
}

function sessionWatch(
  address: PinnedAddress,
  { database }: SnapshotRequest,
  context: EngineContext,
  { stallMs, lookMs }: StallBounds,
): StallWatch {
  return new StallWatch({ address, database, stallMs, lookMs, applicationName: helperName(context.applicationName, "snapshot") });
}

type Parts = {
  readonly address: PinnedAddress;
  readonly request: SnapshotRequest;
  readonly context: EngineContext;
  readonly sql: postgres.Sql;
  readonly session: postgres.ReservedSql;
  readonly inside: Inside;
  readonly dump: DumpStream;
  readonly notes: readonly string[];
  readonly globalsSql: string | null;
  readonly bounds: StallBounds;
  readonly toolVersion: string;
};

class Snapshot implements OpenSnapshot {
  readonly snapshotAt: Date;
  readonly serverVersion: string;
  readonly toolVersion: string;
  readonly estimatedBytes: number | null;
  readonly extension = "dump" as const;
  readonly #parts: Parts;
  #result: Promise<SnapshotResult> | null = null;
  #closed: Promise<void> | null = null;
  #isWhole = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.snapshotAt = parts.inside.snapshotAt;
    this.serverVersion = parts.inside.version.text;
    this.toolVersion = parts.toolVersion;
    this.estimatedBytes = parts.inside.estimatedBytes;
  }

  readonly chunks = () => this.#parts.dump.chunks();

  readonly progress = () => {
    const { reader } = this.#parts.dump;
    return { tablesDone: reader.tablesDone, tablesTotal: reader.tablesTotal, currentTable: reader.currentTable };
  };

  readonly finish = async (): Promise<SnapshotResult> => await (this.#result ??= this.#finish());

  readonly close = async (): Promise<void> => await (this.#closed ??= this.#close());

  async #finish(): Promise<SnapshotResult> {
    const { dump, globalsSql, inside, notes, request } = this.#parts;
    const { facts, warnings } = await dump.finish();
    const excluded = request.excludedTables.map((ref) => ({
      schema: ref.schema,
      table: ref.table,
      rows: 0,
      bytes: 0,
      sha256: emptySha256,
      excluded: true,
    }));
    const tables =
      facts.unread === null ? facts.tables.map((table) => Object.assign(table, { excluded: false })) : await this.#countBySql(facts.unread);
    this.#isWhole = true;
    return {
      tables: [...tables, ...excluded],
      manifest: { ...inside.manifest, globalsSql },
      warnings: [...warnings, ...notes],
      digestsFromStream: facts.unread === null,
      largeObjects: facts.largeObjects,
    };
  }

  /** The archive was not read: its tables are counted in the very snapshot, which must still be the one that was exported. */
  async #countBySql(why: string): Promise<TableDigest[]> {
    const { address, bounds, context, request } = this.#parts;
    context.log("warning", `the archive passed unread (${why}); rows are counted by SQL in the same snapshot`);
    const watch = sessionWatch(address, request, context, bounds);
    try {
      return await waitWatched(this.#count(), bounds.stallMs, async (ms) => await watch.check(ms), context.signal);
    } catch (error) {
      context.signal.throwIfAborted();
      throw mapConnectionError(error, address, request.database);
    }
  }

  async #count(): Promise<TableDigest[]> {
    const { address, session, inside, request } = this.#parts;
    const [row] = await session<{ pid: number; level: string }[]>`
      select pg_backend_pid() as pid, current_setting('transaction_isolation') as level`;
    if (row?.pid !== inside.backendPid || row.level !== "repeatable read")
      throw new LifeboatError("connection-lost", { host: address.host, port: address.port });
    const counted = await countRows(session, request);
    return counted.map(({ schema, table, rows }) => ({ schema, table, rows, bytes: 0, sha256: unknownSha256, excluded: false }));
  }

  async #close(): Promise<void> {
    const { address, bounds, context, dump, session, sql } = this.#parts;
    await dump.close();
    session.release();
    await closeSql(sql, 0);
    if (this.#isWhole) return;
    try {
      await endLeftovers(address, context.applicationName, lookLimitMs(bounds));
    } catch {
      context.log("warning", "the server could not be asked whether something of this run is left on it");
    }
  }
}

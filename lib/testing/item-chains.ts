import { asc, eq } from "drizzle-orm";
import { open, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import postgres from "postgres";
import { expect } from "vitest";
import type { RunDetailDto } from "#lib/contracts/runs";
import type { Database } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { copies } from "#lib/db/schema/copies";
import { packs } from "#lib/db/schema/packs";
import { runLog } from "#lib/db/schema/run-log";
import type { sources } from "#lib/db/schema/sources";
import type { BackupKind } from "#lib/domain/backup-state";
import { openPack } from "#lib/repository/read-pack";
import { createBackup } from "#lib/services/backups/run-now";
import { createRestore } from "#lib/services/restores/start";
import type { RunRow } from "#lib/services/runs/start";
import { createLocalStorage } from "#lib/storage/local/local-storage";
import type { Worker } from "#lib/worker/worker";
import { byteThatCounts } from "./byte-that-counts.ts";
import { testContext, type TestContext } from "./context.ts";
import { createCatalogue, createEmptyDatabase, type TestDatabase, testServer } from "./postgres.ts";
import { restoreOrder } from "./restore-order.ts";
import { addSource, createStation, type Station, untilEnded } from "./worker-setup.ts";

const none = { query: {}, ifMatch: null } as const;

type BackupRow = typeof backups.$inferSelect;

/**
 * One installation with a worker and a source of about 5 MB. A stream has some eighty segments: of thirty, an edit that falls into the
 * longest ones re-cut more than half of the stream with two chain seeds in a hundred.
 */
export type ItemChains = {
  readonly context: TestContext;
  readonly db: Database;
  readonly station: Station;
  readonly source: TestDatabase;
  readonly sourceId: string;
  readonly serverId: string;
  /** One more source of the same database server, with a database of its own. */
  readonly addSource: (change?: Partial<typeof sources.$inferInsert>) => Promise<string>;
  /** Rewrites rows that lie together, some 100 KB of them, and adds one. */
  readonly edit: (mark: string) => Promise<void>;
  /** Adds more than two segments at their longest: one of them is whole in what was added, wherever the chain's seed cuts. */
  readonly grow: () => Promise<void>;
  readonly backUp: (kind: BackupKind, sourceId?: string) => Promise<BackupRow>;
  /** Waits for a run that a verb started. */
  readonly ended: (run: Promise<Pick<RunDetailDto, "id">>) => Promise<RunRow>;
  readonly backup: (id: string) => Promise<BackupRow>;
  readonly members: (chainId: string) => Promise<BackupRow[]>;
  readonly packPath: (backupId: string) => Promise<string>;
  readonly copyOf: (backupId: string) => Promise<typeof copies.$inferSelect>;
  /** Turns one bit of a backup's pack, `share` of its length from the beginning; gives back how to undo it. */
  readonly flip: (backupId: string, share: number) => Promise<() => Promise<void>>;
  /** The same in a frame of the pack that another backup's recipe names. */
  readonly flipNeeded: (backupId: string, neededBy: string) => Promise<() => Promise<void>>;
  /** Takes a backup's pack away; gives back how to undo it. */
  readonly takeAway: (backupId: string) => Promise<() => Promise<void>>;
  readonly logOf: (runId: string) => Promise<string>;
  /** Restores into a new database and gives what `items` holds there: how many rows, and a digest of them. */
  readonly restored: (backupId: string) => Promise<{ rows: number; digest: string }>;
  /** What `items` holds now. */
  readonly present: () => Promise<{ rows: number; digest: string }>;
  readonly close: () => Promise<void>;
};

const flippedBit = 4;
const itemRows = 72_000;

/** Turns one bit; gives back how to undo it. */
async function flipAt(path: string, at: number): Promise<() => Promise<void>> {
  const whole = await readFile(path);
  const file = await open(path, "r+");
  await file.write(Buffer.of((whole[at] ?? 0) ^ flippedBit), 0, 1, at);
  await file.close();
  return () => writeFile(path, whole);
}

const contents = `select count(*)::int as rows, md5(string_agg(id || name, ',' order by id)) as digest from items`;

export async function createItemChains(): Promise<ItemChains> {
  const server = testServer(15);
  const home = await createCatalogue();
  const { db } = home.catalogue;
  const context = testContext(home.catalogue);
  const source = await createEmptyDatabase(server);
  await source.sql`create table items as select i as id, md5(i::text) || md5((i + 1)::text) as name from generate_series(1, ${itemRows}) i`;
  const { serverId, sourceId } = await addSource(context, server, source.name);
  const station = await createStation({ catalogue: home.catalogue, url: home.url, context });
  const worker: Worker = await station.startWorker();
  const databases: TestDatabase[] = [source];
  let restores = 0;
  let edits = 0;

  const ended: ItemChains["ended"] = async (run) => untilEnded(db, (await run).id);
  const backup = async (id: string) => {
    const [row] = await db.select().from(backups).where(eq(backups.id, id));
    if (row === undefined) throw new Error(`no backup ${id}`);
    return row;
  };
  const packPath = async (backupId: string) => {
    const [row] = await db.select().from(packs).where(eq(packs.backupId, backupId));
    return join(station.backupDir, row?.key ?? "");
  };
  const read = async (sql: TestDatabase["sql"]) => {
    const [row] = await sql.unsafe<{ rows: number; digest: string }[]>(contents);
    return { rows: row?.rows ?? 0, digest: row?.digest ?? "" };
  };
  return {
    context,
    db,
    station,
    source,
    sourceId,
    serverId,
    ended,
    backup,
    packPath,
    addSource: async (change = {}) => {
      const other = await createEmptyDatabase(server);
      databases.push(other);
      await other.sql`create table items as select i as id, md5(i::text) as name from generate_series(1, 3000) i`;
      // Behind the first table a stream is cut, wherever the seed cuts besides: what comes last is shared by the members of a chain.
      await other.sql`create table tags as select i as id from generate_series(1, 10) i`;
      return (await addSource(context, server, other.name, change)).sourceId;
    },
    edit: async (mark) => {
      edits += 1;
      const from = (edits * 1500) % (itemRows - 2000);
      await source.sql`update items set name = ${mark} || name where id between ${from} and ${from + 1400}`;
      await source.sql`insert into items select max(id) + 1, ${mark} from items`;
    },
    grow: async () =>
      void (await source.sql`
        insert into items select last + i, md5((last + i)::text) || md5(i::text)
        from (select max(id) as last from items) m, generate_series(1, 8000) i`),
    backUp: async (kind, of = sourceId) => {
      const run = await ended(createBackup(context, { ...none, params: {}, body: { sourceId: of, kind, reason: "", note: "" } }));
      expect(run).toMatchObject({ state: "succeeded", error: null });
      return backup(run.backupId ?? "");
    },
    members: (chainId) => db.select().from(backups).where(eq(backups.chainId, chainId)).orderBy(asc(backups.snapshotAt), asc(backups.id)),
    copyOf: async (backupId) => {
      const [row] = await db.select().from(copies).where(eq(copies.backupId, backupId));
      if (row === undefined) throw new Error(`no copy of ${backupId}`);
      return row;
    },
    flip: async (backupId, share) => {
      const path = await packPath(backupId);
      return flipAt(path, Math.floor((await stat(path)).size * share));
    },
    flipNeeded: async (backupId, neededBy) => {
      const storage = createLocalStorage({ root: station.backupDir });
      const keyOf = async (id: string) => relative(station.backupDir, await packPath(id));
      const [own, other] = [await openPack(storage, await keyOf(backupId)), await openPack(storage, await keyOf(neededBy))];
      const number = other.meta.packs.findIndex((pack) => pack.backupId === backupId) + 1;
      const extent = other.extents.packs.indexOf(number);
      if (number === 0 || extent < 0) throw new Error("the one does not need the other");
      const segment = other.extents.firsts[extent]!;
      const path = await packPath(backupId);
      const begin = own.frameOffsets[segment]!;
      const frame = (await readFile(path)).subarray(begin, own.frameOffsets[segment + 1]);
      return flipAt(path, begin + byteThatCounts(frame, flippedBit, Math.floor(frame.length / 2)));
    },
    takeAway: async (backupId) => {
      const path = await packPath(backupId);
      const whole = await readFile(path);
      await rm(path);
      return () => writeFile(path, whole, { mode: 0o600 });
    },
    logOf: async (runId) => {
      const lines = await db.select().from(runLog).where(eq(runLog.runId, runId)).orderBy(asc(runLog.seq));
      return lines.map((line) => line.text).join("\n");
    },
    restored: async (backupId) => {
      restores += 1;
      const database = `${source.name}_back_${restores}`;
      const { run } = await createRestore(context, { ...none, params: {}, body: restoreOrder({ backupId, serverId, database, jobs: 1 }) });
      expect(await untilEnded(db, run.id)).toMatchObject({ state: "succeeded", error: null });
      const copy = postgres(server.url(database), { max: 1, onnotice: () => undefined });
      try {
        return await read(copy);
      } finally {
        await copy.end({ timeout: 1 });
        await server.admin().unsafe(`drop database if exists "${database}" with (force)`);
      }
    },
    present: () => read(source.sql),
    close: async () => {
      await worker.stop();
      for (const database of databases) await database.drop();
      await home.drop();
      await station.remove();
    },
  };
}

import { asc, eq, inArray } from "drizzle-orm";
import { copyFile, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Database } from "#lib/db/client";
import { backupDependencies } from "#lib/db/schema/backup-dependencies";
import { backupStreams } from "#lib/db/schema/backup-streams";
import { backupTables } from "#lib/db/schema/backup-tables";
import { backups } from "#lib/db/schema/backups";
import { chains } from "#lib/db/schema/chains";
import { copies } from "#lib/db/schema/copies";
import { installation } from "#lib/db/schema/installation";
import { packs } from "#lib/db/schema/packs";
import { runs } from "#lib/db/schema/runs";
import { servers } from "#lib/db/schema/servers";
import { sources } from "#lib/db/schema/sources";
import type { BackupKind } from "#lib/domain/backup-state";
import { encodeSidecar } from "#lib/repository/sidecar";
import type { SidecarFacts } from "#lib/repository/sidecar-schema";
import { knownBackup, loadBackupFacts } from "#lib/services/backups/facts";
import { createBackup } from "#lib/services/backups/run-now";
import { consolidateChain } from "#lib/services/chains/consolidate";
import { createRestore } from "#lib/services/restores/start";
import { testContext, type TestContext } from "#lib/testing/context";
import { createCatalogue, createShopDatabase, type TestCatalogue, type TestDatabase, testServer } from "#lib/testing/postgres";
import { restoreOrder } from "#lib/testing/restore-order";
import { addSource, createStation, type Station, untilEnded } from "#lib/testing/worker-setup";
import { rebuildCatalogue } from "./rebuild-catalogue.ts";

const none = { query: {}, ifMatch: null } as const;
const server = testServer(15);
const signal = new AbortController().signal;
let test: TestCatalogue;
let context: TestContext;
let station: Station;
let shop: TestDatabase;
let sourceId: string;
let serverId: string;

beforeAll(async () => {
  test = await createCatalogue();
  context = testContext(test.catalogue);
  shop = await createShopDatabase(server);
  ({ sourceId, serverId } = await addSource(context, server, shop.name));
  station = await createStation({ catalogue: test.catalogue, url: test.url, context });
});
afterAll(async () => {
  await shop.drop();
  await test.drop();
  await station.remove();
});

/** Every row that tells of backups, as far as storage can tell it: the archive's listing is made again by a verification. */
async function rowsOf(db: Database) {
  return {
    backups: (await db.select().from(backups).orderBy(asc(backups.id))).map(({ listing: _listing, ...row }) => row),
    dependencies: await db.select().from(backupDependencies).orderBy(asc(backupDependencies.backupId), asc(backupDependencies.needsId)),
    // A chain whose last backup was deleted leaves its row behind, and nothing in storage.
    chains: await db
      .select()
      .from(chains)
      .where(inArray(chains.id, db.select({ id: backups.chainId }).from(backups)))
      .orderBy(asc(chains.id)),
    packs: await db.select().from(packs).orderBy(asc(packs.id)),
    streams: await db.select().from(backupStreams).orderBy(asc(backupStreams.backupId)),
    tables: await db.select().from(backupTables).orderBy(asc(backupTables.backupId), asc(backupTables.schema), asc(backupTables.table)),
    copies: await db.select({ backupId: copies.backupId, state: copies.state }).from(copies).orderBy(asc(copies.backupId)),
    sources: await db
      .select({ id: sources.id, slug: sources.slug, name: sources.name, database: sources.database, serverId: sources.serverId })
      .from(sources),
    servers: await db
      .select({ id: servers.id, slug: servers.slug, name: servers.name, host: servers.host, port: servers.port })
      .from(servers),
  };
}

const rebuild = (databaseUrl: string) => rebuildCatalogue({ databaseUrl, backupDir: station.backupDir, keyring: context.keyring, signal });

async function withWorker<T>(work: () => Promise<T>): Promise<T> {
  const worker = await station.startWorker();
  try {
    return await work();
  } finally {
    await worker.stop();
  }
}

async function backUp(kind: BackupKind = "full"): Promise<string> {
  const { id } = await createBackup(context, {
    ...none,
    params: {},
    body: { sourceId, kind, reason: "before the fire", note: "kept" },
  });
  return (await untilEnded(test.catalogue.db, id)).backupId ?? "";
}

it("makes a lost catalogue's rows again from storage: the same rows, also when it is done twice", async () => {
  await withWorker(async () => {
    for (let at = 0; at < 3; at += 1) await backUp();
  });
  const lost = await rowsOf(test.catalogue.db);
  expect(lost.tables.length).toBeGreaterThan(10);
  const fresh = await createCatalogue();
  const { db } = fresh.catalogue;
  await db.insert(installation).values({ id: "ins_new", createdAt: new Date(), lastSeenAt: new Date() });
  expect((await rebuild(fresh.url)).added).toHaveLength(3);
  expect(await rowsOf(db)).toEqual(lost);
  expect((await db.select().from(installation))[0]?.id).toBe(station.installationId);
  const again = await rebuild(fresh.url);
  expect({ ...again, known: again.known.length }).toEqual({ added: [], known: 3, untrusted: [], damaged: [], missing: [] });
  expect(await rowsOf(db)).toEqual(lost);
  const told = await fresh.catalogue.sql`select target_id from lifeboat.audit_events where action = 'backup.rebuilt' order by 1`;
  expect(told.map((row) => row["target_id"])).toEqual(lost.backups.map((row) => row.id));
  // No password comes from storage.
  const [row] = await db.select().from(servers);
  expect(row).toMatchObject({ id: serverId, username: "", passwordSealed: null });
  await fresh.drop();
});

it("brings back what a catalogue restored to yesterday does not know, and says what is gone", async () => {
  const { db } = test.catalogue;
  const before = await rowsOf(db);
  const [first, second] = before.backups;
  await db.delete(backups).where(eq(backups.id, first?.id ?? ""));
  const gone = before.packs.find((pack) => pack.backupId === second?.id)?.key ?? "";
  await rm(join(station.backupDir, gone));
  await rm(join(station.backupDir, `${gone}.json`));
  const result = await rebuild(test.url);
  expect([result.added.length, result.known.length, result.missing]).toEqual([1, 1, [gone]]);
  const copiesNow = before.copies.map((copy) => (copy.backupId === second?.id ? { ...copy, state: "missing" } : copy));
  expect(await rowsOf(db)).toEqual({ ...before, copies: copiesNow });
  const database = `rebuilt_${process.pid}`;
  const body = restoreOrder({ backupId: first?.id ?? "", serverId, database });
  await withWorker(async () => {
    const { run } = await createRestore(context, { ...none, params: {}, body });
    expect(await untilEnded(db, run.id)).toMatchObject({ state: "succeeded", error: null });
  });
  await server.admin().unsafe(`drop database "${database}"`);
  await db.delete(backups).where(eq(backups.id, second?.id ?? ""));
});

it("keeps a finished backup whose row a catalogue restored to yesterday still shows as being written", async () => {
  const { db } = test.catalogue;
  const backupId = await withWorker(() => backUp());
  const before = await rowsOf(db);
  // The row as it stood while the dump ran: no checksums, no stream, no tables, and its run lost.
  await db.delete(backupStreams).where(eq(backupStreams.backupId, backupId));
  await db.delete(backupTables).where(eq(backupTables.backupId, backupId));
  await db.update(packs).set({ bytes: 0, packSha256: "", storedBytes: 0, storedSha256: "" }).where(eq(packs.backupId, backupId));
  await db.update(copies).set({ state: "writing", storedAt: null }).where(eq(copies.backupId, backupId));
  await db.update(backups).set({ state: "writing", finishedAt: null, manifest: null }).where(eq(backups.id, backupId));
  const lost = { state: "running" as const, leaseExpiresAt: new Date(0), finishedAt: null };
  await db.update(runs).set(lost).where(eq(runs.backupId, backupId));
  await withWorker(async () => {
    const state = async () => (await db.select().from(backups).where(eq(backups.id, backupId)))[0]?.state;
    await expect.poll(state).toBe("available");
  });
  expect(await rowsOf(db)).toEqual(before);
});

it("brings a chain back whole, and a member whose base is gone as a broken one that names what is missing", async () => {
  const { db } = test.catalogue;
  const ids = await withWorker(async () => {
    const members: string[] = [];
    // Some thirty segments, so that members have something to refer to.
    await shop.sql`create table items as select i as id, md5(i::text) || md5((i + 1)::text) as name from generate_series(1, 24000) i`;
    for (const kind of ["full", "differential", "incremental"] as const) {
      await shop.sql.unsafe(`create table later_${kind} as select i as id from generate_series(1, 20) i`);
      members.push(await backUp(kind));
    }
    const [chain] = await db
      .select({ id: backups.chainId })
      .from(backups)
      .where(eq(backups.id, members[0] ?? ""));
    const { id } = await consolidateChain(context, { ...none, params: { id: chain?.id ?? "" }, body: { removeOld: false } });
    members.push((await untilEnded(db, id)).backupId ?? "");
    return members;
  });
  const lost = await rowsOf(db);
  const made = lost.backups.filter(({ id }) => ids.includes(id));
  expect(made.map(({ kind, origin, derivedFromId }) => [kind, origin, derivedFromId])).toEqual([
    ["full", "made", null],
    ["differential", "made", null],
    ["incremental", "made", null],
    ["full", "synthetic", ids[2]],
  ]);
  expect(lost.chains.filter(({ retiredAt }) => retiredAt !== null).map((chain) => chain.supersededById)).toEqual([ids[3]]);
  expect(lost.dependencies.length).toBeGreaterThan(1);
  for (const dependency of lost.dependencies) expect(dependency.readBytes).toBeGreaterThan(0);

  const whole = await freshCatalogue();
  await rebuild(whole.url);
  expect(await rowsOf(whole.catalogue.db)).toEqual(lost);
  await whole.drop();

  const base = lost.packs.find(({ backupId }) => backupId === ids[0]);
  for (const path of [base?.key ?? "", `${base?.key ?? ""}.json`]) await rm(join(station.backupDir, path));
  const broken = await freshCatalogue();
  await rebuild(broken.url);
  const found = await rowsOf(broken.catalogue.db);
  expect(found.backups).toEqual(lost.backups.filter(({ id }) => id !== ids[0]));
  for (const each of lost.dependencies) each.gone = each.needsId === ids[0];
  expect(found.dependencies).toEqual(lost.dependencies);
  const known = async (id: string) => knownBackup(await loadBackupFacts(broken.catalogue.db, id));
  for (const id of ids.slice(1, 3)) await expect(known(id)).rejects.toMatchObject({ code: "chain-broken", params: { key: base?.key } });
  expect((await known(ids[3] ?? "")).needs).toEqual([]);
  await broken.drop();
});

it("takes a synthetic full whose sidecar is of before it told when the data were taken for as old as its snapshot", async () => {
  const isSynthetic = eq(backups.origin, "synthetic");
  const { db } = test.catalogue;
  const [made] = await db.select({ key: packs.key }).from(packs).innerJoin(backups, eq(backups.id, packs.backupId)).where(isSynthetic);
  const path = join(station.backupDir, `${made?.key ?? ""}.json`);
  const sidecar = await readFile(path, "utf8");
  const { backup, ...facts } = JSON.parse(sidecar) as SidecarFacts;
  const { dataTakenAt, ...before } = backup;
  expect(dataTakenAt).toEqual(expect.any(String));
  await writeFile(path, encodeSidecar({ ...facts, backup: before }, context.keyring));
  const fresh = await freshCatalogue();
  await rebuild(fresh.url);
  const [row] = await fresh.catalogue.db.select().from(backups).where(isSynthetic);
  expect(row?.startedAt.getTime()).toBeGreaterThan(Date.parse(backup.snapshotAt));
  expect(row?.dataTakenAt).toEqual(new Date(backup.snapshotAt));
  await fresh.drop();
  await writeFile(path, sidecar);
});

/** A catalogue of this installation that knows nothing yet. */
async function freshCatalogue(): Promise<TestCatalogue> {
  const fresh = await createCatalogue();
  await fresh.catalogue.db.insert(installation).values({ id: station.installationId, createdAt: new Date(), lastSeenAt: new Date() });
  return fresh;
}

it("believes no sidecar that was edited, moved or is not there, and no pack that is not what its sidecar says", async () => {
  const { db } = test.catalogue;
  // The oldest: a full, and no member that is smaller than the place of the flipped bit.
  const [pack] = await db.select().from(packs).orderBy(asc(packs.id)).limit(1);
  const path = join(station.backupDir, pack?.key ?? "");
  const folder = path.slice(0, path.lastIndexOf("/"));
  await copyFile(path, join(folder, "lonely.dump.zst"));
  await copyFile(path, join(folder, "moved.dump.zst"));
  await copyFile(`${path}.json`, join(folder, "moved.dump.zst.json"));
  const sidecar = await readFile(`${path}.json`, "utf8");
  await writeFile(`${path}.json`, sidecar.replace('"kept"', '"edited"'));
  const fresh = await freshCatalogue();
  const edited = await rebuild(fresh.url);
  const untrusted = new Set(edited.untrusted.map((key) => key.split("/").at(-1)));
  expect(untrusted).toEqual(new Set([path.split("/").at(-1), "lonely.dump.zst", "moved.dump.zst"]));
  expect(edited.added.some((key) => key === pack?.key)).toBe(false);
  await writeFile(`${path}.json`, sidecar);
  const bytes = await readFile(path);
  bytes[5_000]! ^= 1;
  await writeFile(path, bytes);
  const flipped = await rebuild(fresh.url);
  expect(flipped.damaged).toEqual([pack?.key]);
  expect(await readdir(folder)).toContain("lonely.dump.zst");
  await fresh.drop();
});

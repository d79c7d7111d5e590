import { eq, sql } from "drizzle-orm";
import { readdir } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { backups } from "#lib/db/schema/backups";
import { chainLocks } from "#lib/db/schema/chain-locks";
import { chains } from "#lib/db/schema/chains";
import { copies } from "#lib/db/schema/copies";
import { packs } from "#lib/db/schema/packs";
import { restores } from "#lib/db/schema/restores";
import { runs } from "#lib/db/schema/runs";
import { servers } from "#lib/db/schema/servers";
import { isActive } from "#lib/domain/run-state";
import { createKeyring } from "#lib/secrets/keyring";
import { deleteBackup } from "#lib/services/backups/remove";
import { createBackup } from "#lib/services/backups/run-now";
import { verifyBackup } from "#lib/services/backups/verify";
import { createRestore } from "#lib/services/restores/start";
import { applicationNameOf } from "#lib/services/runs/lease";
import { testContext, type TestContext } from "#lib/testing/context";
import { createKillableWorkers, type KillableWorkers } from "#lib/testing/killable-workers";
import { createCatalogue, createEmptyDatabase, type TestCatalogue, type TestDatabase, testServer } from "#lib/testing/postgres";
import { restoreOrder } from "#lib/testing/restore-order";
import { addSource, createStation, loadRun, type Station, testBinPath, testTimings, untilEnded } from "#lib/testing/worker-setup";
import type { Worker } from "./worker.ts";

const none = { query: {}, ifMatch: null } as const;
const key = "7c".repeat(32);
const server = testServer(15);
let test: TestCatalogue;
let context: TestContext;
let station: Station;
let source: TestDatabase;
let mortals: KillableWorkers;
let sweeper: Worker;
let sourceId: string;
let serverId: string;
const db = () => test.catalogue.db;

beforeAll(async () => {
  test = await createCatalogue();
  context = testContext(test.catalogue, { keyring: createKeyring(Buffer.from(key, "hex")) });
  source = await createEmptyDatabase(server);
  await source.sql`create table pets as select i as id, md5(i::text) as name from generate_series(1, 3000) i`;
  await source.sql`create table toys as select i as id from generate_series(1, 10) i`;
  ({ sourceId, serverId } = await addSource(context, server, source.name));
  station = await createStation({ catalogue: test.catalogue, url: test.url, context });
  // Claims nothing: it stands for whichever worker comes next.
  sweeper = await station.startWorker({ group: "sweeper", timings: { sweepMs: 100 } });
  mortals = createKillableWorkers({
    databaseUrl: test.url,
    key,
    installationId: station.installationId,
    backupDir: station.backupDir,
    tempDir: station.tempDir,
    pgBinPath: testBinPath(),
    // Its own sweep stays out of the way; the lease is ended by the test, as if time had passed.
    timings: { ...testTimings, leaseMs: 60_000, heartbeatMs: 50, sweepMs: 3_600_000 },
  });
});

afterAll(async () => {
  await mortals.close();
  await sweeper.stop();
  await source.drop();
  await test.drop();
  await station.remove();
});

/** What a worker passes on its way through a whole run; `start` asks for the run. */
async function pointsOf(start: () => Promise<string>): Promise<string[]> {
  const worker = await mortals.arm(null);
  const run = await untilEnded(db(), await start());
  expect(run).toMatchObject({ state: "succeeded", error: null });
  await untilSettled(run.id);
  const points = await worker.points();
  await worker.kill();
  return points;
}

/**
 * Where to die: right after every call of a port, before those that a query of the catalogue precedes, and at every ninth query.
 * Between two calls without a query in between nothing has changed.
 */
function chosenOf(points: readonly string[]): [number, string][] {
  const seen = new Map<string, number>();
  return points.flatMap((point, at): [number, string][] => {
    const isQuery = point.startsWith("catalogue ");
    const isEffect = / (done|end)$/.test(point) || points[at - 1]?.startsWith("catalogue ") === true;
    const wanted = isQuery ? at % 9 === 0 : isEffect && (seen.get(point) ?? 0) < (point.includes("commit") ? 2 : 1);
    seen.set(point, (seen.get(point) ?? 0) + 1);
    return wanted ? [[at, point]] : [];
  });
}

/** A busy machine dies fewer deaths: what is left out is spread over the whole run, and each point has its turn on an idle one. */
const budgetMs = 40_000;
const fewestDeaths = 6;

/** Every fourth point first, then those between them, until the time is over */
async function dieAtEach(points: readonly string[], look: (n: number, point: string) => Promise<void>): Promise<void> {
  const chosen = chosenOf(points);
  const spread = [0, 2, 1, 3].flatMap((offset) => chosen.filter((_, at) => at % 4 === offset));
  const endMs = performance.now() + budgetMs;
  for (const [at, [n, point]] of spread.entries()) {
    if (at >= fewestDeaths && performance.now() > endMs) return;
    await look(n, point);
  }
}

/** Some whole backup, made now when there is none. */
async function anyBackup(): Promise<string> {
  const [known] = await db().select().from(backups).limit(1);
  if (known !== undefined) return known.id;
  const worker = await mortals.arm(null);
  const run = await untilEnded(db(), await backUp());
  await worker.kill();
  return run.backupId ?? "";
}

/** Lets the leases of everybody end, as if time had passed. */
async function endLeases(): Promise<void> {
  const over = { leaseExpiresAt: sql`clock_timestamp() - interval '1 second'` };
  await db().update(runs).set(over).where(eq(runs.state, "running"));
  await db().update(chainLocks).set(over);
}

/** Starts a run, lets its worker die at point `n`, and waits until the next worker has settled everything. */
async function dieAt(n: number | string, start: () => Promise<string>): Promise<string> {
  const worker = await mortals.arm(n);
  const id = await start();
  await Promise.race([worker.gone, untilEnded(db(), id)]);
  await worker.kill();
  // Again and again: a last heartbeat may still be on its way in the server, and would give the dead worker another minute.
  await expect
    .poll(
      async () => {
        await endLeases();
        return isActive((await loadRun(db(), id)).state);
      },
      { timeout: 40_000, interval: 50 },
    )
    .toBe(false);
  await untilSettled(id);
  return id;
}

/** Everything that is left, in storage, catalogue and servers. Files and rows must say the same. */
async function leftovers(runId: string) {
  const stored = (await readdir(station.backupDir, { recursive: true })).filter((name) => name.includes(".zst") || name.includes("~"));
  const known = (await db().select().from(packs)).flatMap((pack) => [pack.key, `${pack.key}.json`]);
  const open = await db().select().from(backups);
  const sessions = await server.admin()`select 1 from pg_stat_activity where application_name like ${`${applicationNameOf(runId)}%`}`;
  const kept = await db().select().from(chains);
  return {
    orphans: stored.filter((name) => !known.includes(name)),
    missing: known.filter((name) => !stored.includes(name)),
    unsettled: open.filter((backup) => backup.state !== "available").map((backup) => backup.state),
    copies: (await db().select().from(copies)).filter((copy) => copy.state !== "stored").map((copy) => copy.state),
    emptyChains: kept.filter((chain) => !open.some((backup) => backup.chainId === chain.id)).length,
    locks: (await db().select().from(chainLocks)).length,
    pending: (await db().select().from(restores)).filter((restore) => restore.outcome === "pending").length,
    folders: await readdir(station.tempDir),
    sessions: sessions.length,
  };
}
const nothing = {
  orphans: [],
  missing: [],
  unsettled: [],
  copies: [],
  emptyChains: 0,
  locks: 0,
  pending: 0,
  folders: [],
  sessions: 0,
};

async function untilSettled(runId: string): Promise<void> {
  await expect.poll(() => leftovers(runId), { timeout: 20_000, interval: 50 }).toEqual(nothing);
}

async function backUp(): Promise<string> {
  return (await createBackup(context, { ...none, params: {}, body: { sourceId, reason: "", note: "" } })).id;
}

async function workIn(group: string): Promise<void> {
  await db().update(servers).set({ workerGroup: group });
}

it("is reconciled wherever a worker dies in a backup: adopted or removed, and the next one works", async () => {
  const points = await pointsOf(backUp);
  expect(points).toEqual(expect.arrayContaining(["storage.create.commit", "storage.create.commit done", "engine.snapshot.finish done"]));
  await dieAtEach(points, async (n, point) => {
    const before = (await db().select().from(backups)).length;
    const run = await loadRun(db(), await dieAt(n, backUp));
    const added = (await db().select().from(backups)).length - before;
    // A run that made a backup names it, whoever finished the work; one that failed otherwise left none.
    expect({ point, added }).toEqual({ point, added: run.backupId === null ? 0 : 1 });
    expect({ point, code: run.error?.code }).toEqual({ point, code: run.state === "succeeded" ? undefined : "worker-lost" });
  });
  const adopted = await db()
    .select()
    .from(runs)
    .where(sql`${runs.state} = 'failed' and ${runs.backupId} is not null`);
  const oneOfThem = adopted[0]?.backupId ?? (await anyBackup());
  await pointsOf(async () => (await verifyBackup(context, { ...none, params: { id: oneOfThem }, body: {} })).id);
}, 200_000);

const order = (backupId: string, database: string, keepOnFailure = false) =>
  restoreOrder({ backupId, serverId, database, keepOnFailure, jobs: 1 });

async function databases(): Promise<string[]> {
  const rows = await server.admin()<{ datname: string }[]>`select datname from pg_database where datname like 'killed_%'`;
  return rows.map((row) => row.datname);
}

it("is reconciled wherever a worker dies in a restore: a whole new database or none", async () => {
  const backupId = await anyBackup();
  let name = "";
  const restore = async () => {
    name = `killed_${context.newUuid().slice(-12)}`;
    return (await createRestore(context, { ...none, params: {}, body: order(backupId, name) })).run.id;
  };
  const points = await pointsOf(restore);
  expect(points).toEqual(expect.arrayContaining(["engine.createDatabase done", "engine.load", "engine.digestCopy done"]));
  await server.admin().unsafe(`drop database "${name}"`);
  await dieAtEach(points, async (n, point) => {
    const id = await dieAt(n, restore);
    const [row] = await db().select().from(restores).where(eq(restores.runId, id));
    const whole = (await loadRun(db(), id)).state === "succeeded";
    expect({ point, outcome: row?.outcome, left: await databases() }).toEqual({
      point,
      outcome: whole ? "created" : "removed",
      left: whole ? [name] : [],
    });
    if (whole) await server.admin().unsafe(`drop database "${name}"`);
  });
}, 200_000);

it("keeps the half-loaded database of a killed restore that was asked to be kept, marked as unfinished", async () => {
  const backupId = await anyBackup();
  const name = `killed_${context.newUuid().slice(-12)}`;
  const restore = async () => (await createRestore(context, { ...none, params: {}, body: order(backupId, name, true) })).run.id;
  const lost = await dieAt("engine.digestCopy", restore);
  const [row] = await db().select().from(restores).where(eq(restores.runId, lost));
  expect(row).toMatchObject({ outcome: "kept-after-failure", createdDatabase: true });
  expect(await databases()).toEqual([name]);
  await server.admin().unsafe(`drop database "${name}"`);
}, 60_000);

it("is reconciled wherever a worker dies in a removal: the backup is there whole, or gone with its files", async () => {
  await workIn("sweeper");
  let backupId = "";
  const remove = async () => {
    const made = await untilEnded(db(), await backUp());
    backupId = made.backupId ?? "";
    const [backup] = await db().select().from(backups).where(eq(backups.id, backupId));
    return (await deleteBackup(context, { params: { id: backupId }, query: {}, body: {}, ifMatch: backup?.version ?? 0 })).id;
  };
  const points = await pointsOf(remove);
  expect(points.filter((point) => point === "storage.remove done")).toHaveLength(2);
  await dieAtEach(points, async (n, point) => {
    const id = await dieAt(n, remove);
    const [left] = await db().select().from(backups).where(eq(backups.id, backupId));
    const begun = points.slice(0, n).includes("storage.remove");
    expect({ point, left: left?.state }).toEqual({ point, left: begun ? undefined : left?.state });
    const told = await test.catalogue.sql`select 1 from lifeboat.audit_events where action = 'backup.deleted' and target_id = ${backupId}`;
    expect({ point, told: told.length }).toEqual({ point, told: left === undefined ? 1 : 0 });
    expect(isActive((await loadRun(db(), id)).state)).toBe(false);
  });
}, 200_000);

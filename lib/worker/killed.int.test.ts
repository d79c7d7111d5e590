import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { createKeyring } from "#lib/secrets/keyring";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { backups } from "#lib/db/schema/backups";
import { chainLocks } from "#lib/db/schema/chain-locks";
import { createBackup } from "#lib/services/backups/run-now";
import { applicationNameOf } from "#lib/services/runs/lease";
import { testContext, type TestContext } from "#lib/testing/context";
import { createCatalogue, createShopDatabase, type TestCatalogue, type TestDatabase, testServer } from "#lib/testing/postgres";
import { addSource, createStation, loadRun, type Station, testTimings, untilEnded, untilStep } from "#lib/testing/worker-setup";

const key = "5a".repeat(32);
const server = testServer(15);
const script = fileURLToPath(new URL("main.ts", import.meta.url));
const children: ChildProcess[] = [];
let test: TestCatalogue;
let context: TestContext;
let station: Station;
let shop: TestDatabase;
let sourceId: string;
const db = () => test.catalogue.db;

beforeAll(async () => {
  test = await createCatalogue();
  context = testContext(test.catalogue, { keyring: createKeyring(Buffer.from(key, "hex")) });
  shop = await createShopDatabase(server);
  ({ sourceId } = await addSource(context, server, shop.name));
  station = await createStation({ catalogue: test.catalogue, url: test.url, context });
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

afterAll(async () => {
  await shop.drop();
  await test.drop();
  await station.remove();
});

/** A worker as the supervisor starts it. */
async function startChild(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [script], {
    env: {
      PATH: process.env["PATH"] ?? "",
      NODE_ENV: "test",
      NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"],
      DATABASE_URL: test.url,
      LIFEBOAT_KEY: key,
      LIFEBOAT_DATA_DIR: station.tempDir,
      BACKUP_DIR: station.backupDir,
      LIFEBOAT_TEMP_DIR: station.tempDir,
      DISABLE_AUTO_BACKUP: "1",
      LIFEBOAT_LEASE_MS: String(testTimings.leaseMs),
      LIFEBOAT_HEARTBEAT_MS: String(testTimings.heartbeatMs),
      LIFEBOAT_SWEEP_MS: String(testTimings.sweepMs),
      LIFEBOAT_LOCK_WAIT_MS: "60000",
    },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  children.push(child);
  await once(child, "message");
  return child;
}

async function backUp(): Promise<string> {
  const { id } = await createBackup(context, {
    params: {},
    query: {},
    ifMatch: null,
    body: { sourceId, kind: "full", reason: "", note: "" },
  });
  return id;
}

/** Holds a table so that pg_dump waits for it; gives what lets go of it. */
async function holdTable(): Promise<() => Promise<void>> {
  const session = await shop.sql.reserve();
  const [table] = await session<{ name: string }[]>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables where tablename = 'customers'`;
  await session.unsafe(`begin; lock table ${table?.name ?? ""} in access exclusive mode`);
  return async () => {
    await session`rollback`;
    session.release();
  };
}

const sessionsOf = async (runId: string) =>
  (await server.admin()`select pid from pg_stat_activity where application_name like ${`${applicationNameOf(runId)}%`}`).length;
const storedFiles = async () =>
  (await readdir(station.backupDir, { recursive: true })).filter((name) => name.includes(".zst") || name.includes("~"));

it("fails the run of a worker killed with -9, removes what it left, and backs up again", async () => {
  const release = await holdTable();
  const first = await startChild();
  const id = await backUp();
  await untilStep(db(), id, "prepare");
  first.kill("SIGKILL");
  await once(first, "exit");
  await startChild();
  const lost = await untilEnded(db(), id);
  expect(lost).toMatchObject({ state: "failed", error: { code: "worker-lost", params: { workerId: lost.workerId } } });
  await expect.poll(() => sessionsOf(id)).toBe(0);
  await expect.poll(() => db().select().from(backups)).toEqual([]);
  await expect.poll(storedFiles).toEqual([]);
  expect(await db().select().from(chainLocks)).toEqual([]);
  await release();
  expect(await untilEnded(db(), await backUp())).toMatchObject({ state: "succeeded", error: null });
  expect(await storedFiles()).toHaveLength(2);
  await db().delete(backups);
});

it("refuses the commit of a worker that was stopped while another one took over", async () => {
  const release = await holdTable();
  const stopped = await startChild();
  const id = await backUp();
  await untilStep(db(), id, "prepare");
  stopped.kill("SIGSTOP");
  await startChild();
  expect(await untilEnded(db(), id)).toMatchObject({ state: "failed", error: { code: "worker-lost" } });
  await release();
  stopped.kill("SIGCONT");
  await expect.poll(() => sessionsOf(id)).toBe(0);
  await expect.poll(() => db().select().from(backups)).toEqual([]);
  expect(await loadRun(db(), id)).toMatchObject({ state: "failed", error: { code: "worker-lost" }, backupId: null });
});

it("ends within ten seconds when the supervisor is gone", async () => {
  const child = await startChild();
  const startedMs = performance.now();
  child.disconnect();
  await once(child, "exit");
  expect(performance.now() - startedMs).toBeLessThan(10_000);
});

import { readdir } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { backups } from "#lib/db/schema/backups";
import { chainLocks } from "#lib/db/schema/chain-locks";
import { copies } from "#lib/db/schema/copies";
import { runs } from "#lib/db/schema/runs";
import { readEnv } from "#lib/env/env";
import { createKeyring } from "#lib/secrets/keyring";
import { findDueSources } from "#lib/services/backups/auto-backup";
import { createBackup } from "#lib/services/backups/run-now";
import { verifyBackup } from "#lib/services/backups/verify";
import { testContext, type TestContext } from "#lib/testing/context";
import { createCatalogue, createShopDatabase, type TestCatalogue, type TestDatabase, testServer } from "#lib/testing/postgres";
import { quietLogger } from "#lib/testing/quiet-logger";
import { addSource, createStation, type Station, untilEnded } from "#lib/testing/worker-setup";
import { startWorkerFromEnv } from "./start-from-env.ts";

const none = { query: {}, ifMatch: null } as const;
const key = "3d".repeat(32);
const server = testServer(15);
const yearMs = 365 * 24 * 3_600_000;
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
afterAll(async () => {
  await shop.drop();
  await test.drop();
  await station.remove();
});

const files = async () => (await readdir(station.backupDir, { recursive: true })).filter((name) => name.includes(".zst")).sort();

async function backUp(caller: TestContext = context, of = sourceId): Promise<string> {
  const { id } = await createBackup(caller, { ...none, params: {}, body: { sourceId: of, kind: "full", reason: "", note: "" } });
  const run = await untilEnded(db(), id);
  expect(run).toMatchObject({ state: "succeeded", error: null, fencingToken: 1 });
  return run.backupId ?? "";
}

it("has a good backup to begin with", async () => {
  const worker = await station.startWorker();
  await backUp();
  await worker.stop();
  expect(await files()).toHaveLength(2);
});

it.each([
  ["ten years ahead", 10 * yearMs],
  ["a year back", -yearMs],
])("with a host's clock %s nothing is deleted, leases hold, and what is due is due by the catalogue's clock", async (_, offsetMs) => {
  const now = () => new Date(Date.now() + offsetMs);
  const before = await files();
  const known = (await db().select().from(backups)).map(({ id }) => id);
  const wrong = { ...context, now };
  // Two workers, so that each sweeps the other's leases.
  const change = (deps: Parameters<NonNullable<NonNullable<Parameters<Station["startWorker"]>[0]>["change"]>>[0]) => ({
    ...deps,
    context: { ...deps.context, now },
  });
  const workers = [await station.startWorker({ change }), await station.startWorker({ change, group: "sweeper" })];
  const backupId = await backUp(wrong);
  const { id } = await verifyBackup(wrong, { ...none, params: { id: backupId }, body: {} });
  expect(await untilEnded(db(), id)).toMatchObject({ state: "succeeded", error: null });
  expect(await findDueSources(db())).toEqual([]);
  for (const worker of workers) await worker.stop();
  expect(await files()).toEqual(expect.arrayContaining(before));
  expect((await db().select().from(backups)).map((row) => row.id)).toEqual(expect.arrayContaining([...known, backupId]));
  expect((await db().select().from(copies)).map(({ state }) => state)).toEqual(Array.from({ length: known.length + 1 }, () => "stored"));
  expect(await db().select().from(chainLocks)).toEqual([]);
});

it.each([
  ["1", []],
  ["", ["start-up"]],
])("DISABLE_AUTO_BACKUP=%s decides whether a worker backs up what is due when it starts", async (value, triggers) => {
  const due = await createShopDatabase(server);
  const added = await addSource(context, server, due.name);
  const isDue = await findDueSources(db());
  expect(isDue).toContain(added.sourceId);
  // Else the worker's own backup of it would race the one below.
  expect(isDue).not.toContain(sourceId);
  const env = readEnv({
    DATABASE_URL: test.url,
    LIFEBOAT_KEY: key,
    BACKUP_DIR: station.backupDir,
    LIFEBOAT_TEMP_DIR: station.tempDir,
    PG_BIN_PATH: server.binDir,
    DISABLE_AUTO_BACKUP: value,
  });
  const worker = await startWorkerFromEnv(env, quietLogger);
  // Whatever it starts by itself it has started before it is done with this.
  const backupId = await backUp();
  expect(backupId).not.toBe("");
  const mine = async () => (await db().select().from(runs)).filter((run) => run.sourceId === added.sourceId).map((run) => run.trigger);
  await expect.poll(mine).toEqual(triggers);
  await worker.stop();
  expect(await mine()).toEqual(triggers);
  await due.drop();
});

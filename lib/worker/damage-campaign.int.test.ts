import { eq } from "drizzle-orm";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { packs } from "#lib/db/schema/packs";
import { restores } from "#lib/db/schema/restores";
import { createBackup } from "#lib/services/backups/run-now";
import { verifyBackup } from "#lib/services/backups/verify";
import { createRestore } from "#lib/services/restores/start";
import { damagesOf } from "#lib/testing/campaign-damage";
import { campaignRandom } from "#lib/testing/campaign-random";
import { testContext, type TestContext } from "#lib/testing/context";
import { createCatalogue, createShopDatabase, type TestCatalogue, type TestDatabase, testServer } from "#lib/testing/postgres";
import { restoreOrder } from "#lib/testing/restore-order";
import { addSource, createStation, type Station, untilEnded } from "#lib/testing/worker-setup";
import type { Worker } from "./worker.ts";

const none = { query: {}, ifMatch: null } as const;
const server = testServer(15);
const target = `damage_${process.pid}`;
const random = campaignRandom("damage through runs");
let test: TestCatalogue;
let context: TestContext;
let station: Station;
let shop: TestDatabase;
let worker: Worker;
let serverId: string;
let sourceId: string;
let backupId: string;
let packPath: string;
const db = () => test.catalogue.db;

beforeAll(async () => {
  test = await createCatalogue();
  context = testContext(test.catalogue);
  shop = await createShopDatabase(server);
  const added = await addSource(context, server, shop.name);
  serverId = added.serverId;
  station = await createStation({ catalogue: test.catalogue, url: test.url, context });
  sourceId = added.sourceId;
  worker = await station.startWorker();
});
afterAll(async () => {
  await worker.stop();
  await shop.drop();
  await test.drop();
  await station.remove();
});

async function verify(): Promise<string | undefined> {
  const { id } = await verifyBackup(context, { ...none, params: { id: backupId }, body: {} });
  return (await untilEnded(db(), id)).error?.code;
}

/** Asked to keep what it makes, so that anything made would be found. */
async function restore() {
  const body = restoreOrder({ backupId, serverId, database: target, jobs: 1, keepOnFailure: true });
  const { run, restoreId } = await createRestore(context, { ...none, params: {}, body });
  const ended = await untilEnded(db(), run.id);
  const [row] = await db().select().from(restores).where(eq(restores.id, restoreId));
  return { code: ended.error?.code, outcome: row?.outcome, created: row?.createdDatabase };
}

it("has a good backup to begin with", async () => {
  const { id } = await createBackup(context, { ...none, params: {}, body: { sourceId, kind: "full", reason: "", note: "" } });
  backupId = (await untilEnded(db(), id)).backupId ?? "";
  const [pack] = await db().select().from(packs).where(eq(packs.backupId, backupId));
  packPath = join(station.backupDir, pack?.key ?? "");
  expect(await verify()).toBeUndefined();
});

it("finds a sample of flipped bits and truncations of a pack in real runs, before the target is touched", async () => {
  const good = await readFile(packPath);
  for (const { what, apply } of damagesOf(random, good.length, { flips: 8, cuts: 4 })) {
    await writeFile(packPath, apply(good));
    const found = { what, verify: await verify(), restore: await restore() };
    const code = expect.stringMatching(/^(pack-damaged|pack-truncated|stream-mismatch|format-unknown)$/) as string;
    expect(found).toEqual({ what, verify: code, restore: { code, outcome: "removed", created: false } });
  }
  expect(await server.admin()`select 1 from pg_database where datname = ${target}`).toHaveLength(0);
  // The run's folder goes after its end was written.
  await expect.poll(() => readdir(station.tempDir)).toEqual([]);
  await writeFile(packPath, good);
  expect(await verify()).toBeUndefined();
});

it("finds a sample of flipped bits and truncations of a sidecar when it verifies", async () => {
  const path = `${packPath}.json`;
  const good = await readFile(path);
  // Without the last byte: behind the brace stands a line's end, and that is all it is.
  for (const { what, apply } of damagesOf(random, good.length - 1, { flips: 8, cuts: 4 })) {
    await writeFile(path, apply(good));
    expect({ what, code: await verify() }).toEqual({ what, code: "sidecar-untrusted" });
  }
  await writeFile(path, good);
  expect(await verify()).toBeUndefined();
});

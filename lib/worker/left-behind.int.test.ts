import { randomUUIDv7 } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { restores } from "#lib/db/schema/restores";
import { runs } from "#lib/db/schema/runs";
import { servers } from "#lib/db/schema/servers";
import { makeId } from "#lib/domain/ids";
import { insertBackup, insertDestination, insertRun } from "#lib/testing/catalogue-rows";
import { testContext, type TestContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue, testServer } from "#lib/testing/postgres";
import { addSource, createStation, type Station } from "#lib/testing/worker-setup";

let test: TestCatalogue;
let context: TestContext;
let station: Station;
const db = () => test.catalogue.db;

beforeAll(async () => {
  test = await createCatalogue();
  context = testContext(test.catalogue);
  station = await createStation({ catalogue: test.catalogue, url: test.url, context });
});
afterAll(async () => {
  await test.drop();
  await station.remove();
});

it.each([
  ["had created its database", { createdDatabase: true, facts: {} }],
  ["was about to create its database", { createdDatabase: false, facts: { creating: true } }],
])("settles a failed restore that %s on a server that was removed since: once, and it says so", async (_, made) => {
  const { serverId, sourceId } = await addSource(context, testServer(15), "gone");
  const backupId = await insertBackup(db(), { sourceId, destinationId: await insertDestination(db()) });
  const runId = await insertRun(db(), { type: "restore", state: "failed", serverId, warnings: ["an earlier one"] });
  const id = makeId("restore", randomUUIDv7());
  const order = { database: "half loaded", content: "all", owners: "keep", jobs: 1, createdAt: new Date() } as const;
  await db()
    .insert(restores)
    .values({ id, runId, backupId, serverId, ...order, ...made });
  await db().update(servers).set({ removedAt: new Date(), passwordSealed: null }).where(eq(servers.id, serverId));
  const worker = await station.startWorker();
  await expect.poll(async () => (await db().select().from(restores).where(eq(restores.id, id)))[0]?.outcome).toBe("kept-after-failure");
  await worker.stop();
  const [run] = await db().select().from(runs).where(eq(runs.id, runId));
  expect(run?.warnings).toEqual(["an earlier one", expect.stringContaining('"half loaded"')]);
});

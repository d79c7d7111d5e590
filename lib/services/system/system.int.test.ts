import { afterAll, beforeAll, expect, test } from "vitest";
import { restores } from "#lib/db/schema/restores";
import { insertBackup, insertDestination, insertRun, insertServer, insertSource, insertWorker, newId } from "#lib/testing/catalogue-rows";
import { testActor, type TestContext, testContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { getRestore } from "../restores/get.ts";
import { listRestores } from "../restores/list.ts";
import { getOverview } from "./overview.ts";
import { searchEverything } from "./search.ts";
import { getSystemStatus } from "./status.ts";

const nothing = { params: {}, query: {}, body: {}, ifMatch: null };

let home: TestCatalogue;
let context: TestContext;

beforeAll(async () => {
  home = await createCatalogue();
  context = testContext(home.catalogue, { actor: testActor("viewer"), settings: { autoBackup: "disabled" } });
});
afterAll(() => home.drop());

test("the overview goes from nothing, past the sample, over trouble to all good", async () => {
  const { db } = context;
  const destinationId = await insertDestination(db);
  const serverId = await insertServer(db, { name: "Main" });
  await insertSource(db, serverId, { isSample: true });
  expect(await getOverview(context, nothing)).toMatchObject({ verdict: { code: "no-sources", level: "empty" }, autoBackup: "disabled" });

  const sourceId = await insertSource(db, serverId, { name: "Shop" });
  expect(await getOverview(context, nothing)).toMatchObject({
    verdict: { code: "no-worker", affected: 1 },
    needsYou: [{ code: "no-worker" }, { sourceId }],
  });

  await insertWorker(db);
  expect(await getOverview(context, nothing)).toMatchObject({
    verdict: { code: "some-without-backup", level: "bad" },
    needsYou: [{ code: "source-never-backed-up", sourceName: "Shop" }],
  });

  const verifiedAt = new Date();
  const backupId = await insertBackup(db, { sourceId, destinationId });
  expect(await getOverview(context, nothing)).toMatchObject({
    verdict: { code: "all-stored" },
    needsYou: [{ code: "backup-unverified", backupId }],
  });

  const broken = await insertBackup(db, { sourceId, destinationId }, {}, { failedAt: verifiedAt });
  expect(await getOverview(context, nothing)).toMatchObject({
    verdict: { code: "some-failed" },
    needsYou: [{ code: "verify-failed", backupId: broken }],
  });

  await insertBackup(db, { sourceId, destinationId }, { snapshotAt: new Date(Date.now() + 1000) }, { verifiedAt });
  const runId = await insertRun(db, { sourceId, state: "running" });
  expect(await getOverview(context, nothing)).toMatchObject({
    verdict: { code: "all-good", level: "good", sources: 1, oldestProofAt: verifiedAt.toISOString() },
    needsYou: [],
    running: [{ id: runId, sourceName: "Shop" }],
  });
});

test("the status tells workers, alive or not, and every trouble with its cure", async () => {
  const { db } = context;
  await insertServer(db, { workerGroup: "berlin" });
  const dead = await insertWorker(db, { group: "berlin", heartbeatAt: new Date(Date.now() - 61_000) });
  await insertWorker(db, { disks: [{ purpose: "backups", path: "/backups", freeBytes: 1000, totalBytes: 2000 }] });
  const status = await getSystemStatus(context, nothing);
  expect(status).toMatchObject({
    version: expect.stringMatching(/^\d/),
    catalogue: "external",
    autoBackup: "disabled",
    sampleAvailable: true,
  });
  expect(status.workers.find((worker) => worker.id === dead)?.alive).toBe(false);
  expect(status.workers.filter((worker) => worker.alive).length).toBeGreaterThan(0);
  expect(status.problems.map((problem) => [problem.code, problem.params["group"] ?? problem.params["path"]])).toEqual([
    ["no-worker", "berlin"],
    ["no-space", "/backups"],
  ]);
  expect(status.destinations).toMatchObject([{ path: "/backups", problem: { code: "no-space" } }]);
});

test("a disk that cannot take the largest source's next backup is told, though much is free", async () => {
  const { db } = context;
  const gibibyte = 1024 ** 3;
  const sourceId = await insertSource(db, await insertServer(db));
  await insertBackup(db, { sourceId, destinationId: await insertDestination(db) }, { storedBytes: 40 * gibibyte });
  await insertWorker(db, { disks: [{ purpose: "backups", path: "/tight", freeBytes: 30 * gibibyte, totalBytes: 90 * gibibyte }] });
  const { problems } = await getSystemStatus(context, nothing);
  expect(problems.find(({ params }) => params["path"] === "/tight")).toMatchObject({ code: "no-space" });
});

test("the search finds sources, servers and backups literally", async () => {
  const serverId = await insertServer(context.db, { name: "Findme 100%" });
  const sourceId = await insertSource(context.db, serverId, { name: "Findme ñ" });
  const backupId = await insertBackup(
    context.db,
    { sourceId, destinationId: await insertDestination(context.db) },
    { label: "findme label" },
  );
  const search = (q: string) => searchEverything(context, { ...nothing, query: { q } });
  expect(await search("FINDME")).toMatchObject({ sources: [{ id: sourceId }], servers: [{ id: serverId }], backups: [{ id: backupId }] });
  expect(await search("findme 1_0%")).toEqual({ sources: [], servers: [], backups: [] });
});

test("restores are listed newest first, by backup and by source, and one tells its comparison", async () => {
  const { db } = context;
  const serverId = await insertServer(db, { name: "Target" });
  const sourceId = await insertSource(db, serverId, { name: "Restored" });
  const backupId = await insertBackup(db, { sourceId, destinationId: await insertDestination(db) });
  const runId = await insertRun(db, { type: "restore", sourceId });
  const id = newId("restore");
  const comparison = { tables: [], equal: 3, different: 0, rowsExpected: 9, rowsActual: 9 };
  const row = { id, runId, backupId, serverId, database: "copy", content: "all" as const, owners: "none" as const, jobs: 2 };
  await db.insert(restores).values({ ...row, comparison, outcome: "created", createdAt: new Date() });
  const list = (query: object) => listRestores(context, { ...nothing, query: { limit: 50, ...query } });
  expect(await list({ source: sourceId })).toMatchObject({
    items: [{ id, sourceName: "Restored", serverName: "Target", run: { id: runId } }],
    total: 1,
  });
  expect((await list({ backup: newId("backup") })).total).toBe(0);
  expect(await getRestore(context, { ...nothing, params: { id } })).toMatchObject({ comparison, outcome: "created", errors: [] });
  await expect(getRestore(context, { ...nothing, params: { id: newId("restore") } })).rejects.toMatchObject({ code: "not-found" });
});

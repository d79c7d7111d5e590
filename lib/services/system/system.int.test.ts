import { afterAll, beforeAll, expect, test } from "vitest";
import { drillPlans } from "#lib/db/schema/drill-plans";
import { drills } from "#lib/db/schema/drills";
import { restores } from "#lib/db/schema/restores";
import { insertBackup, insertDestination, insertRun, insertServer, insertSource, insertWorker, newId } from "#lib/testing/catalogue-rows";
import { testActor, type TestContext, testContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { addSchedule } from "#lib/testing/schedule-rows";
import { openIncidentBySystem } from "../incidents/open-by-system.ts";
import { getRestore } from "../restores/get.ts";
import { listRestores } from "../restores/list.ts";
import { getSource } from "../sources/get.ts";
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

test("drills that are overdue or failed and open incidents are told, those of the sample are not, and the source says the same", async () => {
  const own = await createCatalogue();
  try {
    const here = testContext(own.catalogue, { actor: testActor("viewer") });
    await insertWorker(here.db);
    const destinationId = await insertDestination(here.db);
    const serverId = await insertServer(here.db);
    const verified = { verifiedAt: new Date() };
    const days = (count: number) => new Date(Date.now() + count * 86_400_000);
    const [sourceId, sampleId] = await Promise.all([
      insertSource(here.db, serverId, { name: "Till" }),
      insertSource(here.db, serverId, { isSample: true }),
    ]);
    for (const id of [sourceId, sampleId]) await insertBackup(here.db, { sourceId: id, destinationId }, {}, verified);
    const plan = (id: string) => ({
      id: newId("drillPlan"),
      sourceId: id,
      selection: { type: "latest" as const },
      target: { type: "automatic" as const },
      cadence: { unit: "months" as const, every: 1 },
      graceDays: 7,
      checks: [],
      nextDueAt: days(-8),
      createdAt: days(-40),
      updatedAt: days(-40),
    });
    const [planId] = (
      await here.db
        .insert(drillPlans)
        .values([plan(sourceId), plan(sampleId)])
        .returning()
    ).map(({ id }) => id);
    expect(await getOverview(here, nothing)).toMatchObject({
      verdict: { code: "some-drill-overdue", level: "attention", affected: 1, proven: 0 },
      needsYou: [{ code: "drill-overdue", sourceId, sourceEngine: "postgres" }],
    });

    const drillId = newId("drill");
    await here.db.insert(drills).values({
      id: drillId,
      sourceId,
      planId: planId ?? "",
      state: "closed",
      verdict: "failed",
      trigger: "manual",
      operatorName: "Ana",
      wantedTarget: { type: "automatic" },
      playbookVersion: 1,
      playbook: "",
      startedAt: days(-1),
      closedAt: days(-1),
    });
    expect(await getOverview(here, nothing)).toMatchObject({
      verdict: { code: "some-drill-failed" },
      needsYou: [{ code: "drill-failed", drillId }],
    });
    expect((await getSource(here, { ...nothing, params: { id: sourceId } })).drill).toEqual({
      due: "overdue",
      nextDueAt: expect.any(String),
      openId: null,
      lastId: drillId,
      lastVerdict: "failed",
    });

    const open = (id: string) =>
      here.db.transaction((tx) =>
        openIncidentBySystem(tx, here, {
          kind: "drill-failed",
          sourceId: id,
          drillId,
          runIds: [],
          title: "A drill failed",
          severity: "high",
        }),
      );
    const { id: incidentId } = await open(sourceId);
    await open(sampleId);
    expect((await getOverview(here, nothing)).needsYou).toMatchObject([
      { code: "incident-open", incidentId, incidentKind: "drill-failed", incidentTitle: null, sourceName: "Till" },
    ]);

    const passed = { verdict: "passed" as const, proven: true, closedAt: days(0) };
    await here.db.update(drills).set(passed);
    await here.db.update(drillPlans).set({ nextDueAt: days(20) });
    expect((await getOverview(here, nothing)).verdict).toMatchObject({
      code: "all-proven",
      level: "good",
      proven: 1,
      oldestProofAt: passed.closedAt.toISOString(),
    });
  } finally {
    await own.drop();
  }
});

test("the status tells workers, alive or not, and every trouble with its cure", async () => {
  const { db } = context;
  const berlin = await insertServer(db, { workerGroup: "berlin" });
  const far = await insertSource(db, berlin, { workerGroup: "oslo" });
  await addSchedule(db, far, null, { workerGroup: "typo" });
  await addSchedule(db, far, null, { workerGroup: "off", enabled: false });
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
    ["no-worker", "oslo"],
    ["no-worker", "typo"],
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

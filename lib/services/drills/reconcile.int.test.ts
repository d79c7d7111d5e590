import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { drillChecks } from "#lib/db/schema/drill-checks";
import { drillPlans } from "#lib/db/schema/drill-plans";
import { drills } from "#lib/db/schema/drills";
import { runs } from "#lib/db/schema/runs";
import { validations } from "#lib/db/schema/validations";
import { createLogger } from "#lib/log/log";
import { ensurePlan } from "../drill-plans/ensure.ts";
import type { WorkerDeps } from "../runs/work.ts";
import { insertBackup, insertDestination, insertRun, insertServer, insertSource, newId } from "#lib/testing/catalogue-rows";
import { testContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { sources } from "#lib/db/schema/sources";
import { chooseDrillBackup } from "./choose-backup.ts";
import { loadDrillFacts } from "./plan-facts.ts";
import { beginRestore } from "./phases.ts";
import { reconcileDrills } from "./reconcile.ts";
import { removeCopy } from "./remove-copy.ts";
import { loadRestored } from "./restored.ts";
import { changeDrill } from "./change.ts";
import { lockDrill } from "./rows.ts";

let test: TestCatalogue;
let serverId: string;
beforeAll(async () => {
  test = await createCatalogue();
  serverId = await insertServer(test.catalogue.db);
});
afterAll(() => test.drop());

const nothing = { processes: 0, folders: 0, files: 0, detail: "" };

const ended: string[] = [];

/** What a sweep needs, where `remove` is told of each drill whose copy is removed. */
function depsOf(remove: (drillId: string) => Promise<void>): WorkerDeps {
  const sandboxes = {
    holds: () => Promise.resolve(true),
    remove: async (drillId: string) => {
      await remove(drillId);
      return nothing;
    },
    endStarted: (drillId: string) => Promise.resolve(void ended.push(drillId)),
    sweep: () => Promise.resolve(),
  };
  const logger = createLogger("error", {}, () => undefined);
  return { context: testContext(test.catalogue), logger, drills: { sandboxes } } as unknown as WorkerDeps;
}

const sweep = (deps: WorkerDeps) => reconcileDrills(test.catalogue.db, deps, (_, work) => work({} as Parameters<typeof work>[0]));

async function insertDrill(change: Partial<typeof drills.$inferInsert>): Promise<{ id: string; sourceId: string }> {
  const { db } = test.catalogue;
  const sourceId = change.sourceId ?? (await insertSource(db, serverId));
  const id = newId("drill");
  await db.insert(drills).values({
    id,
    planId: "plan",
    state: "restoring",
    trigger: "manual",
    operatorName: "Test",
    wantedTarget: { type: "sandbox" },
    playbookVersion: 1,
    playbook: "",
    startedAt: new Date(),
    ...change,
    sourceId,
  });
  return { id, sourceId };
}

const lost = { state: "failed", error: { code: "worker-lost", params: { workerId: "" } }, finishedAt: new Date() } as const;

it("counts a copy on another host as left: nobody looked; what a host holds under an earlier name is looked at", async () => {
  const { db } = test.catalogue;
  const target = { type: "sandbox", name: "shop_drill", hostName: "elsewhere", serverId: null, serverName: null } as const;
  const { id } = await insertDrill({ hasTarget: true, target: { ...target, serverVersion: "15.1", confined: true } });
  const [drill] = await db.select().from(drills).where(eq(drills.id, id));
  const removeFrom = (holds: boolean) => {
    const deps = depsOf(() => Promise.resolve());
    const sandboxes = { ...deps.drills.sandboxes, holds: () => Promise.resolve(holds) };
    const engineContext = {} as Parameters<typeof removeCopy>[0]["engineContext"];
    return removeCopy({ db, deps: { ...deps, drills: { ...deps.drills, sandboxes } }, engineContext }, drill!);
  };
  expect(await removeFrom(false)).toMatchObject({ folders: 1, detail: expect.stringContaining("lies on the host elsewhere") });
  expect(await removeFrom(true)).toMatchObject({ folders: 0, detail: "" });
  await db.update(drills).set({ state: "aborted", hasTarget: false });
});

it("removes nothing of a drill that another sweep restores again meanwhile", async () => {
  const { db } = test.catalogue;
  const context = testContext(test.catalogue);
  const both = [await insertDrill({ unattended: true }), await insertDrill({ unattended: true })];
  for (const { id, sourceId } of both) await insertRun(db, { type: "drill-restore", subject: id, drillId: id, sourceId, ...lost });
  const removed: string[] = [];
  const deps = depsOf(async (drillId) => {
    removed.push(drillId);
    // The other sweep is faster at the other one: it is restored again before this one comes to it.
    const other = both.find(({ id }) => id !== drillId)!;
    await db.transaction(async (tx) => {
      const failed = await changeDrill(tx, context, await lockDrill(tx, other.id), { to: "restore-failed" });
      await beginRestore(tx, context, failed);
    });
  });
  await sweep(deps);
  expect(removed).toHaveLength(1);
  await db.update(drills).set({ state: "aborted" });
});

it("gives checks back that were lost with their worker while the drill was paused", async () => {
  const { db } = test.catalogue;
  const { id, sourceId } = await insertDrill({ state: "validating", pausedAt: new Date() });
  const definition = { key: "content", name: "", mandatory: true, type: "content" } as const;
  await db.insert(drillChecks).values({ drillId: id, ordinal: 0, definition, ...definition, state: "running", startedAt: new Date() });
  const runId = await insertRun(db, { type: "drill-check", subject: id, drillId: id, sourceId, state: "running" });
  const state = async () => (await db.select().from(drillChecks).where(eq(drillChecks.drillId, id)))[0]?.state;
  const deps = depsOf(() => Promise.resolve());
  await sweep(deps);
  expect(await state()).toBe("running");
  await db.update(runs).set(lost).where(eq(runs.id, runId));
  await sweep(deps);
  expect(await state()).toBe("pending");
  expect(ended).toEqual([id]);
  await db.update(drills).set({ state: "aborted" });
});

it("judges by the restore that began last, whatever the clock of whoever asked for it said", async () => {
  const { db } = test.catalogue;
  const { id, sourceId } = await insertDrill({ state: "validating" });
  const output = { streamPath: "", streamBytes: 1, streamSha256: "", exitCode: 0, errors: [], rolesCreated: [], roleProblems: [] };
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));
  const of = { type: "drill-restore", subject: id, drillId: id, sourceId, state: "succeeded", output } as const;
  await insertRun(db, { ...of, queuedAt: at(30), startedAt: at(1), finishedAt: at(2) });
  const second = await insertRun(db, { ...of, queuedAt: at(0), startedAt: at(3), finishedAt: at(4) });
  expect((await loadRestored(db, id))?.runId).toBe(second);
  await db.update(drills).set({ state: "aborted" });
});

it("chooses what no drill proved, also when one of it failed; and an open drill in which nothing happens hides nothing", async () => {
  const { db } = test.catalogue;
  const context = testContext(test.catalogue);
  const sourceId = await insertSource(db, serverId);
  const [source] = await db.select().from(sources).where(eq(sources.id, sourceId));
  const destinationId = await insertDestination(db);
  const day = (date: number) => new Date(Date.UTC(2026, 0, date));
  const old = await insertBackup(db, { sourceId, destinationId }, { snapshotAt: day(1) });
  const failed = await insertBackup(db, { sourceId, destinationId }, { snapshotAt: day(2) });
  const proven = await insertBackup(db, { sourceId, destinationId }, { snapshotAt: day(3) });
  for (const [backupId, verdict] of [
    [old, "passed"],
    [failed, "failed"],
    [proven, "passed"],
  ] as const) {
    await insertDrill({ sourceId, state: "closed", verdict, backupId });
    await db
      .insert(validations)
      .values({ id: newId("validation"), backupId, level: "proven", verdict, checks: [], at: new Date(), durationMs: 1 });
  }
  const choice = { context, randomHex: () => "0" };
  expect(await chooseDrillBackup(db, { sourceId, wantedBackupId: null }, { type: "never-proven" }, choice)).toBe(failed);

  const plan = await db.transaction((tx) => ensurePlan(tx, context, source!));
  const now = new Date();
  await db
    .update(drillPlans)
    .set({ nextDueAt: new Date(now.getTime() - 86_400_000), graceDays: 0 })
    .where(eq(drillPlans.id, plan.id));
  const { id } = await insertDrill({ sourceId, state: "validating", startedAt: new Date(now.getTime() - 3 * 86_400_000) });
  const due = async () => (await loadDrillFacts(db, [sourceId], new Date())).get(sourceId);
  expect(await due()).toMatchObject({ due: "overdue", open: { id } });
  await db.transaction(async (tx) => changeDrill(tx, context, await lockDrill(tx, id), { told: [{ code: "paused" }] }));
  expect(await due()).toMatchObject({ due: "running", open: { id } });
});

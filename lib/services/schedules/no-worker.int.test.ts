import { eq, isNull } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { alerts } from "#lib/db/schema/alerts";
import { runs } from "#lib/db/schema/runs";
import { schedules } from "#lib/db/schema/schedules";
import { slots } from "#lib/db/schema/slots";
import { sources } from "#lib/db/schema/sources";
import { workers } from "#lib/db/schema/workers";
import { insertRun, insertServer, insertSource, insertWorker } from "#lib/testing/catalogue-rows";
import { testActor, testContext, type TestContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { quietLogger } from "#lib/testing/quiet-logger";
import { addSchedule, slotsOf } from "#lib/testing/schedule-rows";
import { backUpIfStale } from "../backups/back-up-if-stale.ts";
import { createBackup } from "../backups/run-now.ts";
import { systemActor } from "../context.ts";
import { dispatchAll } from "../notifications/dispatch.ts";
import { loadRunDetail } from "../runs/load.ts";
import { getSource } from "../sources/get.ts";
import { listSourceNames } from "../sources/list-names.ts";
import { getOverview } from "../system/overview.ts";
import { createScheduler } from "./tick.ts";

const minute = 60_000;
const nothing = { params: {}, query: {}, body: {}, ifMatch: null };
const hour = 60 * minute;
const day = 24 * hour;
/** A 23:00 UTC ahead of the rows' own times, which the machine's clock writes. */
const nominal = new Date(Math.ceil((Date.now() - 22 * hour) / day) * day + 23 * hour);
const after = (ms: number) => new Date(nominal.getTime() + ms);

let home: TestCatalogue;
let context: TestContext;
let admin: TestContext;
let serverId: string;
let sourceId: string;
let now: Date;

beforeAll(async () => {
  home = await createCatalogue();
  context = testContext(home.catalogue, { actor: systemActor, now: () => now });
  admin = testContext(home.catalogue, { actor: testActor("admin"), now: () => now });
  serverId = await insertServer(context.db);
});
afterAll(() => home.drop());
beforeEach(async () => {
  for (const table of [schedules, slots, runs, workers, alerts, sources]) await context.db.delete(table);
  sourceId = await insertSource(context.db, serverId, { name: "Till", createdAt: new Date("2026-01-01T00:00:00Z") });
  await insertWorker(context.db);
  now = nominal;
});

const back = (reason = "") => createBackup(admin, { ...nothing, body: { sourceId, kind: "full", reason, note: "" } });
const needs = async () =>
  (await getOverview(admin, nothing)).needsYou.map(({ code, group }) => (group === null ? code : `${code} ${group}`));
const openAlerts = async () => {
  await dispatchAll(context, quietLogger);
  return context.db.select({ code: alerts.code, params: alerts.params }).from(alerts).where(isNull(alerts.resolvedAt));
};

/** Looks every few minutes up to that one, on a clock that goes on as clocks do. */
function looking() {
  let countMs = 0;
  const one = createScheduler({
    context,
    logger: quietLogger,
    recheckMs: minute,
    readClock: () => Promise.resolve(now),
    countMs: () => countMs,
  });
  return async (at: Date) => {
    countMs += at.getTime() - now.getTime();
    now = at;
    await one.tick();
    await one.tick();
  };
}

describe("a schedule of a group that nobody serves", () => {
  it("waits a quarter of an hour, then is told, holds up nothing, and starts when a worker of the group comes", async () => {
    const id = await addSchedule(context.db, sourceId, nominal, { workerGroup: "dmz-typo" });
    const verify = await addSchedule(context.db, sourceId, nominal, { task: "verify" });
    const lookAt = looking();
    await lookAt(after(1000));
    expect(await slotsOf(context.db, id)).toMatchObject([{ state: "started", reason: null }]);
    // Named at once: it need not come that far.
    expect(await needs()).toEqual(["no-worker dmz-typo"]);
    await lookAt(after(14 * minute));
    expect(await slotsOf(context.db, id)).toMatchObject([{ state: "started" }]);
    expect(await openAlerts()).toEqual([]);

    await lookAt(after(16 * minute));
    const [slot] = await slotsOf(context.db, id);
    expect(slot).toMatchObject({ state: "waiting", reason: "no-worker", late: false });
    expect((await loadRunDetail(context.db, slot?.runId ?? "")).error).toMatchObject({ code: "no-worker", params: { group: "dmz-typo" } });
    expect(await needs()).toEqual(["no-worker dmz-typo", "source-never-backed-up"]);
    expect(await openAlerts()).toEqual([
      { code: "backup-missed", params: { task: "full", nominalAt: expect.any(String), reason: "no-worker", group: "dmz-typo" } },
    ]);
    // The verification of the same time does not wait for it: there is nothing to look at.
    expect(await slotsOf(context.db, verify)).toMatchObject([{ state: "skipped", reason: "nothing-to-do" }]);

    // Looked at again and again, no run is made of it, and a backup by hand goes on.
    for (const at of [18, 20, 30]) await lookAt(after(at * minute));
    expect(await context.db.select().from(runs).where(eq(runs.state, "queued"))).toEqual([]);
    const byHand = await back();
    expect(byHand.waitsFor).toEqual({ group: "default", served: true });
    await context.db.update(runs).set({ state: "succeeded", finishedAt: now }).where(eq(runs.id, byHand.id));
    expect(await openAlerts()).toEqual([]);

    await insertWorker(context.db, { group: "dmz-typo" });
    await lookAt(after(40 * minute));
    expect(await slotsOf(context.db, id)).toMatchObject([{ state: "started", reason: null, late: false }]);
    expect(await context.db.select().from(runs).where(eq(runs.state, "queued"))).toMatchObject([
      { workerGroup: "dmz-typo", slotId: slot?.id },
    ]);
  });

  it("is not called off by the look right after a clock jumped, when no worker has written its row by the new time yet", async () => {
    const id = await addSchedule(context.db, sourceId, nominal);
    const lookAt = looking();
    await lookAt(after(1000));
    await context.db.update(workers).set({ heartbeatAt: new Date(Date.now() - 60 * minute) });
    await lookAt(after(60 * minute));
    expect(await slotsOf(context.db, id)).toMatchObject([{ state: "started", reason: null }]);
    expect(await openAlerts()).toEqual([]);
  });

  it("is missed at the end of its window, and its catch-up holds up that of no weaker kind", async () => {
    const strict = await addSchedule(context.db, sourceId, nominal, { workerGroup: "nobody", windowMinutes: 30, onMissed: "skip" });
    const other = await insertSource(context.db, serverId);
    const full = await addSchedule(context.db, other, nominal, {
      workerGroup: "nobody",
      windowMinutes: 20,
      cron: `0 23 ${nominal.getUTCDate()} * *`,
    });
    const daily = await addSchedule(context.db, other, after(25 * minute), {
      task: "incremental",
      windowMinutes: 1,
      cron: "25 23 * * *",
    });
    const lookAt = looking();
    for (const at of [0, 16, 22]) await lookAt(after(at * minute + 1000));
    expect(await slotsOf(context.db, full)).toMatchObject([{ state: "waiting", reason: "no-worker", late: true }]);
    // Seen too late for its own window: a catch-up.
    await lookAt(after(31 * minute));
    expect(await slotsOf(context.db, strict)).toMatchObject([{ state: "missed", reason: "no-worker" }]);
    expect(await slotsOf(context.db, daily)).toMatchObject([{ state: "started", late: true }]);
  });
});

describe("a run that waits for a group that nobody serves", () => {
  const waiting = (workerGroup: string) =>
    insertRun(context.db, { sourceId, subject: sourceId, state: "queued", workerGroup, queuedAt: new Date(Date.now() - 20 * minute) });
  const stale = () => backUpIfStale(admin, { sourceId, maxAgeSeconds: 3600 });

  it("is no backup that goes on: not for the overview, the source's page, menus or a backup by hand", async () => {
    const id = await waiting("far");
    expect(await needs()).toEqual(["source-never-backed-up"]);
    expect(await getSource(admin, { ...nothing, params: { id: sourceId } })).toMatchObject({ activeRun: null, lastRun: { id } });
    expect((await listSourceNames(admin, nothing)).items).toMatchObject([{ id: sourceId, activeRunId: null }]);
    expect((await loadRunDetail(context.db, id)).waitsFor).toEqual({ group: "far", served: false });
    const started = await back();
    expect(started.id).not.toBe(id);
    expect(await loadRunDetail(context.db, id)).toMatchObject({
      state: "cancelled",
      error: { code: "no-worker", params: { group: "far" } },
    });
  });

  it("gives way to the safety net of applications, too; where that has no worker either, it is told as failed", async () => {
    const id = await waiting("far");
    await context.db.update(workers).set({ stoppedAt: new Date() });
    expect(await stale()).toMatchObject({ state: "failed", runId: id });
    await expect(back()).rejects.toMatchObject({ code: "run-active", params: { runId: id } });
    await insertWorker(context.db);
    expect(await stale()).toMatchObject({ state: "started" });
    expect((await loadRunDetail(context.db, id)).state).toBe("cancelled");
  });

  it("whose workers are there, only busy, or that waits for a minute, stays what it is", async () => {
    const id = await waiting("default");
    expect(await needs()).toEqual([]);
    await expect(back()).rejects.toMatchObject({ code: "run-active", params: { runId: id } });
    expect(await stale()).toMatchObject({ state: "running", runId: id });
    await context.db.update(runs).set({ workerGroup: "far", queuedAt: new Date(Date.now() - minute) });
    await expect(back()).rejects.toMatchObject({ code: "run-active", params: { runId: id } });
    expect(await getSource(admin, { ...nothing, params: { id: sourceId } })).toMatchObject({ activeRun: { id } });
  });
});

import { desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applySchedulePreset as applyContract, scheduleInput } from "#lib/contracts/schedules";
import { auditEvents } from "#lib/db/schema/audit-events";
import { installation } from "#lib/db/schema/installation";
import { schedules } from "#lib/db/schema/schedules";
import { slots } from "#lib/db/schema/slots";
import { sources } from "#lib/db/schema/sources";
import { insertServer, insertSource, newId } from "#lib/testing/catalogue-rows";
import { testActor, testContext, type TestContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { addSchedule } from "#lib/testing/schedule-rows";
import { findDueSources } from "../backups/auto-backup.ts";
import { forgetOldRows } from "../people/forget-old-rows.ts";
import { updateSource } from "../sources/update.ts";
import { getCalendar } from "./calendar.ts";
import { createSchedule } from "./create.ts";
import { getSchedule } from "./get.ts";
import { listSchedules } from "./list.ts";
import { applySchedulePreset } from "./preset.ts";
import { previewSchedule } from "./preview.ts";
import { deleteSchedule } from "./remove.ts";
import { getSchedulingSettings, updateSchedulingSettings } from "./settings.ts";
import { updateSchedule } from "./update.ts";

const nothing = { params: {}, query: {}, body: {}, ifMatch: null };
const day = 86_400_000;

let home: TestCatalogue;
let context: TestContext;
let viewer: TestContext;
let serverId: string;

beforeAll(async () => {
  home = await createCatalogue();
  context = testContext(home.catalogue);
  viewer = testContext(home.catalogue, { actor: testActor("viewer") });
  serverId = await insertServer(context.db);
});
afterAll(() => home.drop());

const addSource = () => insertSource(context.db, serverId);
const add = (sourceId: string, change: object = {}) =>
  createSchedule(context, {
    ...nothing,
    body: scheduleInput.parse({ sourceId, task: "full", cron: "0 23 * * *", timeZone: "Europe/Berlin", ...change }),
  });
const change = (id: string, version: number, body: object) =>
  updateSchedule(context, { ...nothing, params: { id }, body, ifMatch: version });

async function sourceRow(id: string) {
  const [row] = await context.db.select().from(sources).where(eq(sources.id, id));
  return row;
}

async function lastAction(targetId: string) {
  const [row] = await context.db
    .select()
    .from(auditEvents)
    .where(eq(auditEvents.targetId, targetId))
    .orderBy(desc(auditEvents.id))
    .limit(1);
  return row?.action;
}

describe("a schedule", () => {
  it("is added, changed, paused, resumed and removed, each with its act in the audit; its source knows how long it is left alone at most", async () => {
    const sourceId = await addSource();
    const made = await add(sourceId);
    expect(made).toMatchObject({
      cron: "0 23 * * *",
      enabled: true,
      onMissed: "catch-up",
      onOverlap: "wait",
      retries: 2,
      version: 1,
      lastSlot: null,
    });
    expect(made.next).toHaveLength(5);
    expect((await sourceRow(sourceId))?.expectedEverySeconds).toBe(25 * 3600);

    const changed = await change(made.id, 1, { cron: "0 0,12 * * *", timeZone: "UTC", windowMinutes: 60 });
    expect(changed.next.every((time) => /T(00|12):00:00/.test(time))).toBe(true);
    expect((await sourceRow(sourceId))?.expectedEverySeconds).toBe(13 * 3600);
    expect(await lastAction(made.id)).toBe("schedule.update");
    await expect(change(made.id, 1, { retries: 0 })).rejects.toMatchObject({ code: "version-conflict" });

    const until = new Date(Date.now() + 10 * day).toISOString();
    const paused = await change(made.id, 2, { pausedUntil: until });
    expect(paused.pausedUntil).toBe(until);
    expect(paused.next.every((time) => time >= until)).toBe(true);
    expect(await lastAction(made.id)).toBe("schedule.pause");
    expect(changed.next).toContain((await change(made.id, 3, { pausedUntil: null })).next[0]);
    expect(await lastAction(made.id)).toBe("schedule.resume");

    expect((await change(made.id, 4, { enabled: false })).next).toEqual([]);
    expect((await sourceRow(sourceId))?.expectedEverySeconds).toBeNull();
    await deleteSchedule(context, { ...nothing, params: { id: made.id }, ifMatch: 5 });
    expect(await lastAction(made.id)).toBe("schedule.delete");
    await expect(getSchedule(context, { ...nothing, params: { id: made.id } })).rejects.toMatchObject({ code: "not-found" });
  });

  it("removed, calls off what waits and leaves its slots in the calendar", async () => {
    const sourceId = await addSource();
    const made = await add(sourceId);
    const nominalAt = new Date(Date.now() - 60_000);
    const slotId = newId("slot");
    await context.db.insert(slots).values({
      id: slotId,
      scheduleId: made.id,
      sourceId,
      task: "full",
      nominalAt,
      state: "waiting",
      startAt: nominalAt,
      expiresAt: new Date(),
    });
    await deleteSchedule(context, { ...nothing, params: { id: made.id }, ifMatch: 1 });
    const [left] = await context.db.select().from(slots).where(eq(slots.id, slotId));
    expect(left).toMatchObject({ scheduleId: null, state: "skipped", reason: "paused" });
  });

  /** A schedule of each hour, its last start half an hour ago, due three hours before that and not looked at since: no worker ran. */
  async function unseen(sourceId: string, input: object = {}) {
    const hour = Math.floor(Date.now() / 60_000) * 60_000 - 30 * 60_000;
    const made = await add(sourceId, { cron: `${new Date(hour).getUTCMinutes()} * * * *`, timeZone: "UTC", ...input });
    const nextDueAt = new Date(hour - 3 * 3_600_000);
    await context.db.update(schedules).set({ nextDueAt }).where(eq(schedules.id, made.id));
    const kept = async () => {
      const rows = await context.db.select().from(slots).where(eq(slots.sourceId, sourceId)).orderBy(slots.nominalAt);
      return rows.map(({ nominalAt, state, reason }) => `${(hour - nominalAt.getTime()) / 3_600_000} ${state} ${reason}`);
    };
    return { id: made.id, kept };
  }
  const missed = ["3 missed not-running", "2 missed not-running", "1 missed not-running"];

  it.each([
    ["for another time", { cron: "30 1 * * *" }],
    ["to be off", { enabled: false }],
    ["to pause", { pausedUntil: new Date(Date.now() + day).toISOString() }],
    ["in its settings", { retries: 0 }],
  ])("changed %s, keeps what was missed before and what is to be caught up", async (_what, body) => {
    const { id, kept } = await unseen(await addSource());
    const changed = await change(id, 1, body);
    expect((await kept()).slice(0, 3)).toEqual(missed);
    expect((await kept())[3]).toBe("0 waiting not-running");
    const [row] = await context.db.select().from(schedules).where(eq(schedules.id, id));
    expect(row?.nextDueAt === null || (row?.nextDueAt?.getTime() ?? 0) > Date.now()).toBe(true);
    expect(changed.next.every((time) => Date.parse(time) > Date.now())).toBe(true);
  });

  it("removed, alone or for offered ones, leaves what was missed before", async () => {
    const [one, other] = [await addSource(), await addSource()];
    const [removed, replaced] = [await unseen(one, { windowMinutes: 1 }), await unseen(other, { onMissed: "skip", windowMinutes: 1 })];
    await deleteSchedule(context, { ...nothing, params: { id: removed.id }, ifMatch: 1 });
    await applySchedulePreset(context, {
      ...nothing,
      params: { id: other },
      body: applyContract.body.parse({ preset: "daily", timeZone: "UTC" }),
    });
    for (const { kept } of [removed, replaced]) {
      expect((await kept()).slice(0, 3)).toEqual(missed);
      expect((await kept())[3]).toBe("0 missed not-running");
    }
  });

  it.each([
    ["a * * * *", "cron-invalid"],
    ["0 0 31 2 *", "cron-never"],
  ])("with %s is refused with its reason, also by the preview and when it is off", async (cron, code) => {
    const sourceId = await addSource();
    await expect(add(sourceId, { cron })).rejects.toMatchObject({ code });
    await expect(add(sourceId, { cron, enabled: false })).rejects.toMatchObject({ code });
    const shown = await previewSchedule(viewer, { ...nothing, body: { cron, timeZone: "UTC", count: 5 } });
    expect(shown).toMatchObject({ next: [], dst: [], problem: { code } });
  });

  it("is shown to viewers, and changed by admins alone", async () => {
    const sourceId = await addSource();
    const made = await add(sourceId);
    const listed = await listSchedules(viewer, { ...nothing, query: { source: sourceId, limit: 50 } });
    expect(listed.items.map(({ id }) => id)).toEqual([made.id]);
    const body = scheduleInput.parse({ sourceId, task: "full", cron: "0 23 * * *", timeZone: "UTC" });
    await expect(createSchedule(viewer, { ...nothing, body })).rejects.toMatchObject({ code: "not-allowed" });
    await expect(updateSchedule(viewer, { ...nothing, params: { id: made.id }, body: {}, ifMatch: 1 })).rejects.toMatchObject({
      code: "not-allowed",
    });
  });

  it("lists all pages in order, those that are off last", async () => {
    const ids: string[] = [];
    let next: string | undefined;
    do {
      const page = await listSchedules(context, { ...nothing, query: { limit: 2, ...(next === undefined ? {} : { after: next }) } });
      ids.push(...page.items.map(({ id }) => id));
      next = page.next ?? undefined;
    } while (next !== undefined);
    const rows = await context.db.select().from(schedules);
    expect(new Set(ids)).toEqual(new Set(rows.map(({ id }) => id)));
    expect(ids).toHaveLength(rows.length);
  });
});

describe("presets", () => {
  const apply = (id: string, preset: "recommended" | "daily", retention?: boolean) =>
    applySchedulePreset(context, {
      ...nothing,
      params: { id },
      body: applyContract.body.parse({ preset, timeZone: "Europe/Berlin", time: "22:30", retention }),
    });

  it("take the place of what was there, and give a policy to a source that has none only when they are asked to", async () => {
    const sourceId = await addSource();
    await add(sourceId);
    const { items } = await apply(sourceId, "recommended");
    expect(items.map(({ task }) => task).toSorted((a, b) => a.localeCompare(b))).toEqual([
      "clean-up",
      "differential",
      "full",
      "incremental",
      "verify",
    ]);
    expect(await sourceRow(sourceId)).toMatchObject({ retentionPolicyId: null, expectedEverySeconds: 25 * 3600 });
    await apply(sourceId, "recommended", true);
    expect((await sourceRow(sourceId))?.retentionPolicyId).toBe("pol_00000000000070008000000000000001");
    const again = await apply(sourceId, "daily", true);
    expect(again.items.find(({ task }) => task === "full")?.cron).toBe("30 22 * * *");
    expect(await context.db.select().from(schedules).where(eq(schedules.sourceId, sourceId))).toHaveLength(3);
    // A policy that somebody chose stays.
    expect((await sourceRow(sourceId))?.retentionPolicyId).toBe("pol_00000000000070008000000000000001");
    const other = await addSource();
    await apply(other, "daily", true);
    expect((await sourceRow(other))?.retentionPolicyId).toBe("pol_00000000000070008000000000000002");
  });

  it("keep the backup at start away from a source that has its own times", async () => {
    const [scheduled, bare] = [await addSource(), await addSource()];
    await apply(scheduled, "daily");
    const due = await findDueSources(context.db);
    expect(due).toContain(bare);
    expect(due).not.toContain(scheduled);
  });
});

describe("the calendar", () => {
  it("shows what was done, failed and missed, and what is planned, without what falls into a pause", async () => {
    const sourceId = await addSource();
    const midnight = Math.floor(Date.now() / day) * day;
    const at = (days: number) => new Date(midnight + days * day + 23 * 3_600_000);
    const scheduleId = await addSchedule(context.db, sourceId, at(0), { pausedUntil: new Date(midnight + 2 * day) });
    const past = (["done", "failed", "missed", "skipped", "started"] as const).map((state, index) => ({
      id: newId("slot"),
      scheduleId,
      sourceId,
      task: "full" as const,
      nominalAt: at(index - 4),
      state,
      startAt: at(index - 4),
      expiresAt: at(index - 3),
    }));
    await context.db.insert(slots).values(past);
    const range = { from: new Date(midnight - 4 * day).toISOString(), to: new Date(midnight + 4 * day).toISOString(), source: sourceId };
    const shown = await getCalendar(viewer, { ...nothing, query: range });
    expect(shown.items.map(({ state, nominalAt }) => [state, nominalAt])).toEqual([
      ["done", at(-4).toISOString()],
      ["failed", at(-3).toISOString()],
      ["missed", at(-2).toISOString()],
      ["skipped", at(-1).toISOString()],
      ["started", at(0).toISOString()],
      ["planned", at(2).toISOString()],
      ["planned", at(3).toISOString()],
    ]);
    expect(shown.truncated).toBe(false);
    const counts = ({ days }: typeof shown) =>
      days.map(({ planned, active, done, failed, missed, skipped }) => [planned, active, done, failed, missed, skipped].join(""));
    const nights = ["001000", "000100", "000010", "000001", "110000", "000000", "100000", "100000"];
    expect(counts(shown)).toEqual(nights);
    // In Kolkata (UTC+05:30) 23:00 UTC is the next day, and the range begins within one.
    const there = await getCalendar(viewer, { ...nothing, query: { ...range, timeZone: "Asia/Kolkata" } });
    expect(counts(there)).toEqual(["000000", ...nights]);
    expect(there.days[0]?.day).toBe(range.from.slice(0, 10));
    await expect(getCalendar(viewer, { ...nothing, query: { ...range, to: range.from } })).rejects.toMatchObject({ code: "invalid-input" });
    const long = { ...range, to: new Date(midnight + 59 * day).toISOString() };
    await expect(getCalendar(viewer, { ...nothing, query: long })).rejects.toMatchObject({ code: "invalid-input" });
  });

  it("says that there is more than it shows, and counts all of it", async () => {
    const sourceId = await addSource();
    await add(sourceId, { cron: "* * * * *", timeZone: "UTC" });
    const from = Math.ceil(Date.now() / day) * day;
    const query = { from: new Date(from).toISOString(), to: new Date(from + 10 * day).toISOString(), source: sourceId };
    const shown = await getCalendar(context, { ...nothing, query });
    expect(shown.items).toHaveLength(5000);
    expect(shown.truncated).toBe(true);
    expect(shown.days.map(({ planned }) => planned)).toEqual(Array.from({ length: 10 }, () => 1440));
    const few = await getCalendar(context, { ...nothing, query: { ...query, limit: 3 } });
    expect(few).toEqual({ items: shown.items.slice(0, 3), truncated: true, days: shown.days });
  });
});

it("slots are forgotten after 400 days, and none by a clock that is years ahead", async () => {
  const sourceId = await addSource();
  const daysAgo = [10, 399, 401, 850];
  const rows = daysAgo.map((days) => {
    const nominalAt = new Date(Date.now() - days * day);
    return {
      id: newId("slot"),
      sourceId,
      task: "full" as const,
      nominalAt,
      state: "done" as const,
      startAt: nominalAt,
      expiresAt: nominalAt,
    };
  });
  await context.db.insert(slots).values(rows);
  const left = async () => (await context.db.select().from(slots).where(eq(slots.sourceId, sourceId))).length;
  // What the installation saw last decides: here, a clock that was right for the last time 500 days ago.
  const seen = { id: newId("installation"), createdAt: new Date(0), lastSeenAt: new Date(Date.now() - 500 * day) };
  await context.db.insert(installation).values(seen);
  await forgetOldRows(context.db);
  expect(await left()).toBe(4);
  await context.db.update(installation).set({ lastSeenAt: new Date(Date.now() + day) });
  await forgetOldRows(context.db);
  expect(await left()).toBe(2);
});

it("the last slot of each schedule is its own", async () => {
  const sourceId = await addSource();
  const ids = await Promise.all([1, 2, 3].map(() => addSchedule(context.db, sourceId, null)));
  const rows = ids.flatMap((scheduleId, index) =>
    [1, 2, 3].map((n) => {
      const nominalAt = new Date(Date.now() - n * day - index * 60_000);
      return {
        id: newId("slot"),
        scheduleId,
        sourceId,
        task: "full" as const,
        nominalAt,
        state: "done" as const,
        startAt: nominalAt,
        expiresAt: nominalAt,
      };
    }),
  );
  await context.db.insert(slots).values(rows);
  const { items } = await listSchedules(context, { ...nothing, query: { source: sourceId, limit: 50 } });
  const lastOf = Object.fromEntries(items.map(({ id, lastSlot }) => [id, lastSlot?.nominalAt]));
  expect(lastOf).toEqual(Object.fromEntries(ids.map((id, index) => [id, rows[index * 3]?.nominalAt.toISOString()])));
});

describe("a source's pause", () => {
  it("says until when, keeps that while other things change, and takes no time that is over", async () => {
    const id = await addSource();
    const until = new Date(Date.now() + 3 * day).toISOString();
    const patch = (version: number, body: object) => updateSource(context, { ...nothing, params: { id }, body, ifMatch: version });
    expect(await patch(1, { pausedUntil: until })).toMatchObject({ pausedAt: expect.any(String), pausedUntil: until });
    expect(await patch(2, { notes: "moving house" })).toMatchObject({ pausedUntil: until });
    expect(await patch(3, { pausedUntil: null })).toMatchObject({ pausedAt: expect.any(String), pausedUntil: null });
    expect(await patch(4, { paused: false })).toMatchObject({ pausedAt: null, pausedUntil: null });
    await expect(patch(5, { paused: true, pausedUntil: new Date(Date.now() - 1000).toISOString() })).rejects.toMatchObject({
      code: "invalid-input",
    });
  });
});

it("limits of what runs at once are changed under their version", async () => {
  expect(await getSchedulingSettings(viewer, nothing)).toEqual({ maxRunning: null, maxRunningPerHost: null, version: 1 });
  const set = (version: number, body: object) => updateSchedulingSettings(context, { ...nothing, body, ifMatch: version });
  expect(await set(1, { maxRunning: 4 })).toEqual({ maxRunning: 4, maxRunningPerHost: null, version: 2 });
  expect(await set(2, { maxRunningPerHost: 1 })).toEqual({ maxRunning: 4, maxRunningPerHost: 1, version: 3 });
  await expect(set(1, { maxRunning: null })).rejects.toMatchObject({ code: "version-conflict" });
  await expect(updateSchedulingSettings(viewer, { ...nothing, body: {}, ifMatch: 3 })).rejects.toMatchObject({ code: "not-allowed" });
});

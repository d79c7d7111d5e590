import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { schedules } from "#lib/db/schema/schedules";
import { sources } from "#lib/db/schema/sources";
import { insertServer, insertSource } from "#lib/testing/catalogue-rows";
import { testContext, type TestContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { quietLogger } from "#lib/testing/quiet-logger";
import { addSchedule, slotsOf } from "#lib/testing/schedule-rows";
import { systemActor } from "../context.ts";
import { simulateRetention } from "../policies/simulate.ts";
import { getCalendar } from "./calendar.ts";
import { getSchedule } from "./get.ts";
import { listSchedules } from "./list.ts";
import { deleteSchedule } from "./remove.ts";
import { createScheduler } from "./tick.ts";
import { updateSchedule } from "./update.ts";

const minute = 60_000;
const day = 24 * 60 * minute;
const nominal = new Date("2026-11-22T23:00:00Z");
const after = (ms: number) => new Date(nominal.getTime() + ms);
/** A zone that this host does not know; another one may. */
const odd = { timeZone: "Mars/Olympus_Mons" };

let home: TestCatalogue;
let context: TestContext;
let serverId: string;
let now: Date;

beforeAll(async () => {
  home = await createCatalogue();
  context = testContext(home.catalogue, { actor: systemActor });
  serverId = await insertServer(context.db);
});
afterAll(() => home.drop());
beforeEach(() => context.db.delete(schedules));

const scheduler = () =>
  createScheduler({
    context,
    logger: quietLogger,
    recheckMs: minute,
    readClock: () => Promise.resolve(now),
    countMs: () => now.getTime(),
  });
const addSource = () => insertSource(context.db, serverId);
const add = async (at: Date, change: Partial<typeof schedules.$inferInsert> = {}) =>
  addSchedule(context.db, change.sourceId ?? (await addSource()), at, change);
const states = async (id: string) => (await slotsOf(context.db, id)).map(({ state }) => state);

it("a schedule that cannot be read stops no other one", async () => {
  const unread = await add(nominal, odd);
  const later = await add(after(day), odd);
  const plain = await add(nominal);
  now = after(1000);
  await scheduler().tick();
  expect([await states(unread), await states(later), await states(plain)]).toEqual([[], [], ["started"]]);
  const [row] = await context.db.select().from(schedules).where(eq(schedules.id, unread));
  expect(row?.nextDueAt).toEqual(nominal);
});

it("a hundred that cannot be read, due long since, keep nothing from one that can; one that is put right starts", async () => {
  const sourceId = await addSource();
  const unread: string[] = [];
  for (let n = 0; n < 100; n += 1) unread.push(await add(after(-day), { ...odd, sourceId }));
  const plain = await add(nominal);
  const one = scheduler();
  now = after(1000);
  await one.tick();
  expect(await states(plain)).toEqual(["started"]);
  const [first = ""] = unread;
  await context.db.update(schedules).set({ timeZone: "UTC", nextDueAt: nominal, version: 2 }).where(eq(schedules.id, first));
  await one.tick();
  expect(await states(first)).toEqual(["started"]);
});

it("a pause ends although one schedule of its source cannot be read; the others go on", async () => {
  const sourceId = await addSource();
  await context.db
    .update(sources)
    .set({ pausedAt: after(-day), pausedUntil: after(10 * minute) })
    .where(eq(sources.id, sourceId));
  await add(nominal, { ...odd, sourceId });
  const plain = await add(nominal, { sourceId });
  const one = scheduler();
  const isPaused = async () => {
    const [row] = await context.db.select().from(sources).where(eq(sources.id, sourceId));
    return row?.pausedAt !== null;
  };
  now = after(1000);
  await one.tick();
  // A worker that can read it has a while to look at what fell into the pause.
  now = after(11 * minute);
  await one.tick();
  expect(await isPaused()).toBe(true);
  now = after(20 * minute);
  await one.tick();
  expect(await isPaused()).toBe(false);
  now = after(day);
  await one.tick();
  expect(await states(plain)).toEqual(["skipped", "started"]);
});

describe("a web process that cannot read one schedule", () => {
  const nothing = { params: {}, query: {}, body: {}, ifMatch: null };
  const ofId = (id: string) => ({ ...nothing, params: { id } });
  const admin = () => testContext(home.catalogue);
  const change = (id: string, version: number, body: Parameters<typeof updateSchedule>[1]["body"]) =>
    updateSchedule(admin(), { ...ofId(id), body, ifMatch: version });

  it("shows it without its next times, and all others with theirs", async () => {
    const sourceId = await addSource();
    const far = after(1000 * day);
    const [unread, plain] = [await add(far, { ...odd, sourceId }), await add(far, { sourceId })];
    const { items } = await listSchedules(admin(), { ...nothing, query: { source: sourceId, limit: 50 } });
    expect(new Map(items.map(({ id, next, dst }) => [id, [next.length, dst.length]]))).toEqual(
      new Map([
        [unread, [0, 0]],
        [plain, [5, 0]],
      ]),
    );
    expect(await getSchedule(admin(), ofId(unread))).toMatchObject({ ...odd, next: [], dst: [] });
    const range = { from: after(1001 * day).toISOString(), to: after(1004 * day).toISOString(), source: sourceId };
    const shown = await getCalendar(admin(), { ...nothing, query: range });
    expect(shown.items.map(({ scheduleId }) => scheduleId)).toEqual([plain, plain, plain]);
    const simulated = simulateRetention(admin(), { ...ofId(sourceId), body: { day: 0, days: 3 } });
    await expect(simulated).resolves.toMatchObject({ plannedUntil: null });
  });

  it("changes it, switches it off and removes the others; who can read it finds its time as it was until it is off", async () => {
    const sourceId = await addSource();
    // Long due by any clock.
    const due = new Date(0);
    const [unread, plain] = [await add(due, { ...odd, sourceId }), await add(after(1000 * day), { sourceId })];
    const nextOf = async () => {
      const [row] = await context.db.select().from(schedules).where(eq(schedules.id, unread));
      return row?.nextDueAt;
    };
    expect(await change(unread, 1, { retries: 0 })).toMatchObject({ retries: 0, next: [] });
    expect(await nextOf()).toEqual(due);
    expect(await change(unread, 2, { pausedUntil: null })).toMatchObject({ next: [] });
    expect(await nextOf()).toEqual(due);
    await deleteSchedule(admin(), { ...ofId(plain), ifMatch: 1 });
    expect(await change(unread, 3, { enabled: false })).toMatchObject({ enabled: false, next: [] });
    expect(await nextOf()).toBeNull();
    await expect(change(unread, 4, { enabled: true })).rejects.toMatchObject({ code: "invalid-input" });
    expect(await change(unread, 4, { enabled: true, timeZone: "UTC" })).toMatchObject({ enabled: true });
    expect(await nextOf()).not.toBeNull();
  });
});

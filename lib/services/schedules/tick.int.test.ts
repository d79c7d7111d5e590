import { and, eq, inArray } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Transaction } from "#lib/db/client";
import { auditEvents } from "#lib/db/schema/audit-events";
import { copies } from "#lib/db/schema/copies";
import { runs } from "#lib/db/schema/runs";
import { schedules } from "#lib/db/schema/schedules";
import { slots } from "#lib/db/schema/slots";
import { sources } from "#lib/db/schema/sources";
import { insertBackup, insertDestination, insertRun, insertServer, insertSource, insertWorker } from "#lib/testing/catalogue-rows";
import { testContext, type TestContext } from "#lib/testing/context";
import { createCatalogue, type TestCatalogue } from "#lib/testing/postgres";
import { quietLogger } from "#lib/testing/quiet-logger";
import { addSchedule, slotsOf } from "#lib/testing/schedule-rows";
import { systemActor } from "../context.ts";
import { briefTransaction } from "./brief-transaction.ts";
import { createScheduler, type Scheduler } from "./tick.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** A Sunday, 23:00. */
const nominal = new Date("2026-11-22T23:00:00Z");
const after = (ms: number) => new Date(nominal.getTime() + ms);

let home: TestCatalogue;
let context: TestContext;
let serverId: string;
let now: Date;
let countMs: number;

beforeAll(async () => {
  home = await createCatalogue();
  context = testContext(home.catalogue, { actor: systemActor });
  serverId = await insertServer(context.db);
});
afterAll(() => home.drop());
beforeEach(async () => {
  await context.db.delete(schedules);
  await context.db.delete(slots);
  await context.db.delete(runs);
  countMs = 0;
});

/** A scheduler on the test's clock. */
function scheduler(): Scheduler {
  return createScheduler({
    context,
    logger: quietLogger,
    recheckMs: minute,
    readClock: () => Promise.resolve(now),
    countMs: () => countMs,
  });
}

/** The clock moves on, as clocks do, and the scheduler looks. */
async function tickAt(one: Scheduler, at: Date): Promise<void> {
  if (now !== undefined) countMs += Math.max(0, at.getTime() - now.getTime());
  now = at;
  await one.tick();
}

const addSource = () => insertSource(context.db, serverId);
const states = async (id: string) => (await slotsOf(context.db, id)).map(({ state }) => state);

async function scheduled(at: Date | null, change: Partial<typeof schedules.$inferInsert> = {}) {
  const sourceId = change.sourceId ?? (await addSource());
  return { sourceId, id: await addSchedule(context.db, sourceId, at, change) };
}

/** Ends the runs of a source that wait or work. */
async function endRuns(sourceId: string, state: "succeeded" | "failed" | "cancelled", at: Date): Promise<void> {
  await context.db
    .update(runs)
    .set({ state, finishedAt: at })
    .where(and(eq(runs.sourceId, sourceId), inArray(runs.state, ["queued", "running"])));
}

describe("each nominal time once", () => {
  it("over clock changes in three zones, seen every three hours: every slot one, every next time later", async () => {
    const zones = [
      ["Europe/Berlin", "30 2 * * *", "2027-03-27T12:00:00Z"],
      ["Europe/Berlin", "30 2 * * *", "2026-10-24T12:00:00Z"],
      ["America/New_York", "30 2 * * *", "2027-03-13T12:00:00Z"],
      ["America/New_York", "30 1 * * *", "2027-11-06T12:00:00Z"],
      ["Australia/Lord_Howe", "15 2 * * *", "2026-10-03T06:00:00Z"],
      ["Australia/Lord_Howe", "45 1 * * *", "2027-04-03T06:00:00Z"],
    ] as const;
    for (const [timeZone, cron, start] of zones) {
      const from = Date.parse(start);
      now = new Date(from);
      const { id, sourceId } = await scheduled(new Date(from), { timeZone, cron, nextDueAt: new Date(from + minute), windowMinutes: 200 });
      const one = scheduler();
      // Its first look puts the next time right.
      const named: number[] = [];
      for (let at = from; at < from + 2 * day; at += 3 * hour) {
        await tickAt(one, new Date(at));
        await endRuns(sourceId, "succeeded", now);
        const [row] = await context.db.select().from(schedules).where(eq(schedules.id, id));
        expect(row?.nextDueAt?.getTime()).toBeGreaterThan(at);
        named.push(row?.nextDueAt?.getTime() ?? 0);
      }
      await tickAt(one, new Date(from + 2 * day));
      expect(named).toEqual(named.toSorted((a, b) => a - b));
      expect(await states(id), `${timeZone} from ${start}`).toEqual(["done", "done"]);
      expect(await context.db.select().from(runs).where(eq(runs.sourceId, sourceId))).toHaveLength(2);
    }
  });

  it("what runs in every hour has no hole where an hour comes twice, in three zones: both are slots of their own", async () => {
    for (const [timeZone, cron, date, times] of [
      ["Europe/Berlin", "0 * * * *", "2026-10-25", ["00:00", "01:00", "02:00"]],
      ["America/New_York", "30 * * * *", "2027-11-07", ["05:30", "06:30", "07:30"]],
      ["Australia/Lord_Howe", "45 * * * *", "2027-04-03", ["14:45", "15:15", "16:15"]],
    ] as const) {
      now = new Date(`${date}T${times[0]}Z`);
      const { id, sourceId } = await scheduled(now, { timeZone, cron, nextDueAt: now, windowMinutes: 20 });
      const one = scheduler();
      for (let quarter = 0; quarter < 10; quarter += 1) {
        await tickAt(one, new Date(now.getTime() + (quarter === 0 ? 0 : 15 * minute)));
        await endRuns(sourceId, "succeeded", now);
      }
      const told = (await slotsOf(context.db, id)).map(({ nominalAt, state }) => [nominalAt.toISOString().slice(11, 16), state]);
      expect([timeZone, told]).toEqual([timeZone, times.map((time) => [time, "done"])]);
    }
  });

  it("two schedulers at the same moment: one slot and one run for each of 40 schedules", async () => {
    const ids = [];
    for (let n = 0; n < 40; n += 1) ids.push((await scheduled(nominal)).id);
    now = after(1000);
    await Promise.all([scheduler().tick(), scheduler().tick(), scheduler().tick()]);
    // What another held in that moment waits for the next look.
    await scheduler().tick();
    for (const id of ids) expect(await states(id)).toEqual(["started"]);
    const made = await context.db.select().from(runs);
    expect(made).toHaveLength(40);
    expect(new Set(made.map(({ slotId }) => slotId)).size).toBe(40);
  });

  it("after a clock that was years ahead, then right again: nothing runs twice, and the next time is not years away", async () => {
    const { id, sourceId } = await scheduled(nominal);
    const one = scheduler();
    await tickAt(one, after(1000));
    await endRuns(sourceId, "succeeded", now);
    now = after(10 * 365 * day + 3 * hour);
    await one.tick();
    const jumped = await slotsOf(context.db, id);
    expect(jumped[0]).toMatchObject({ nominalAt: nominal, state: "done" });
    const last = jumped.at(-1);
    expect(last).toMatchObject({ state: "started", late: true, reason: "clock-jump" });
    const missed = jumped.slice(1, -1);
    expect(missed.length).toBeGreaterThan(300);
    expect(missed.every(({ state, reason }) => state === "missed" && reason === "clock-jump")).toBe(true);
    await endRuns(sourceId, "succeeded", now);
    now = after(2 * hour);
    await one.tick();
    const [row] = await context.db.select().from(schedules).where(eq(schedules.id, id));
    expect(row?.nextDueAt).toEqual(after(day));
    await tickAt(one, after(day));
    expect(await context.db.select().from(runs)).toHaveLength(3);
    // Back by a little, over a time that ran: its slot is there already.
    now = after(day - 10 * minute);
    await one.tick();
    await tickAt(one, after(day + minute));
    expect((await slotsOf(context.db, id)).filter(({ nominalAt }) => nominalAt.getTime() === after(day).getTime())).toHaveLength(1);
    expect(await context.db.select().from(runs)).toHaveLength(3);
  });
});

describe("missed", () => {
  it("down over five nights: one catch-up, marked late, four missed; or five missed", async () => {
    const caught = await scheduled(nominal);
    const strict = await scheduled(nominal, { onMissed: "skip" });
    await tickAt(scheduler(), after(4 * day + 9 * hour));
    const made = await slotsOf(context.db, caught.id);
    expect(made.map(({ state, late, reason }) => [state, late, reason])).toEqual([
      ["missed", false, "not-running"],
      ["missed", false, "not-running"],
      ["missed", false, "not-running"],
      ["missed", false, "not-running"],
      ["started", true, "not-running"],
    ]);
    expect(await states(strict.id)).toEqual(Array.from({ length: 5 }, () => "missed"));
    expect(await context.db.select().from(runs)).toHaveLength(1);
  });

  it("down over the nights of three kinds of backup: the strongest is caught up for all of them, and the verification looks at it", async () => {
    const full = await scheduled(nominal, { cron: "0 23 22 * *" });
    const { sourceId } = full;
    const others = [
      await scheduled(nominal, { task: "incremental", sourceId }),
      await scheduled(nominal, { task: "differential", sourceId, cron: "0 23 * * 0" }),
    ];
    const verify = await scheduled(nominal, { task: "verify", sourceId });
    const one = scheduler();
    await tickAt(one, after(2 * day + hour));
    expect(await slotsOf(context.db, full.id)).toMatchObject([{ state: "started", late: true }]);
    for (const { id } of others) expect((await slotsOf(context.db, id)).at(-1)).toMatchObject({ state: "missed", reason: "not-running" });
    expect((await slotsOf(context.db, verify.id)).at(-1)).toMatchObject({ state: "waiting", late: true });
    expect(await context.db.select().from(runs).where(eq(runs.sourceId, sourceId))).toHaveLength(1);
    // The next ordinary night is its own again.
    await endRuns(sourceId, "succeeded", now);
    await tickAt(one, after(3 * day));
    expect((await states(others[0]?.id ?? "")).at(-1)).toBe("started");
  });

  it("a worker that was stopped with slots in its hands loses them within seconds, and another one starts them", async () => {
    const { id } = await scheduled(nominal);
    now = after(1000);
    const { promise: silence } = Promise.withResolvers<void>();
    const work = async (tx: Transaction) => {
      await tx.select().from(schedules).where(eq(schedules.id, id)).for("update");
      // What SIGSTOP does: nothing more comes from it.
      await silence;
    };
    const stopped = briefTransaction(context.db, work, 1500);
    stopped.catch(() => undefined);
    const one = scheduler();
    const look = async () => {
      await one.tick();
      return states(id);
    };
    await expect.poll(look, { interval: 200 }).toEqual(["started"]);
    await expect(stopped).rejects.toBeInstanceOf(Error);
  });

  it("a run that goes on: the slot waits, is skipped, or is missed and caught up when the other has ended", async () => {
    const waiting = await scheduled(nominal, { windowMinutes: 60 });
    const strict = await scheduled(nominal, { windowMinutes: 60, onMissed: "skip" });
    const skipping = await scheduled(nominal, { onOverlap: "skip" });
    for (const { sourceId } of [waiting, strict, skipping]) {
      await insertRun(context.db, { sourceId, subject: sourceId, state: "running", trigger: "manual" });
    }
    const one = scheduler();
    await tickAt(one, after(1000));
    expect(await states(waiting.id)).toEqual(["waiting"]);
    expect(await slotsOf(context.db, skipping.id)).toMatchObject([{ state: "skipped", reason: "run-active" }]);
    await tickAt(one, after(2 * hour));
    expect(await slotsOf(context.db, strict.id)).toMatchObject([{ state: "missed", reason: "run-active" }]);
    expect(await slotsOf(context.db, waiting.id)).toMatchObject([{ state: "waiting", reason: "run-active", late: true }]);
    await endRuns(waiting.sourceId, "succeeded", now);
    await tickAt(one, after(2 * hour + 5 * minute));
    expect(await slotsOf(context.db, waiting.id)).toMatchObject([{ state: "started", reason: "run-active", late: true }]);
  });

  it("a slot that still waits for an earlier run when the next one comes is missed: only one of the two runs", async () => {
    const { id, sourceId } = await scheduled(nominal, { cron: "0 * * * *" });
    await insertRun(context.db, { sourceId, subject: sourceId, state: "running", trigger: "manual" });
    const one = scheduler();
    for (const at of [0, 30, 59]) await tickAt(one, after(at * minute));
    expect(await slotsOf(context.db, id)).toMatchObject([{ state: "waiting", reason: "run-active" }]);
    for (const at of [60, 61]) await tickAt(one, after(at * minute));
    expect(await slotsOf(context.db, id)).toMatchObject([
      { state: "missed", reason: "run-active", late: false },
      { state: "waiting", reason: "run-active", nominalAt: after(hour) },
    ]);
    await endRuns(sourceId, "succeeded", after(90 * minute));
    for (const at of [91, 93]) {
      await tickAt(one, after(at * minute));
      await endRuns(sourceId, "succeeded", now);
    }
    await tickAt(one, after(95 * minute));
    expect(await states(id)).toEqual(["missed", "done"]);
    expect(await context.db.select().from(runs).where(eq(runs.trigger, "schedule"))).toHaveLength(1);
  });

  it("a run that no worker takes inside its window is called off, and the slot missed with the reason", async () => {
    const deserted = await scheduled(nominal, { windowMinutes: 30, onMissed: "skip", workerGroup: "nobody" });
    const busy = await scheduled(nominal, { windowMinutes: 30, onMissed: "skip" });
    await insertWorker(context.db);
    const one = scheduler();
    await tickAt(one, after(1000));
    expect([await states(deserted.id), await states(busy.id)]).toEqual([["started"], ["started"]]);
    await tickAt(one, after(31 * minute));
    expect(await slotsOf(context.db, deserted.id)).toMatchObject([{ state: "missed", reason: "no-worker" }]);
    expect(await slotsOf(context.db, busy.id)).toMatchObject([{ state: "missed", reason: "window-over" }]);
    const made = await context.db.select().from(runs);
    expect(made.map(({ state, workerGroup }) => `${workerGroup} ${state}`).toSorted((a, b) => a.localeCompare(b))).toEqual([
      "default cancelled",
      "nobody cancelled",
    ]);
  });
});

describe("retries", () => {
  it("a failed run is tried again after 5, then 10 minutes, then the slot has failed; success ends it", async () => {
    const failing = await scheduled(nominal);
    const one = scheduler();
    await tickAt(one, after(1000));
    await endRuns(failing.sourceId, "failed", after(minute));
    await tickAt(one, after(2 * minute));
    expect(await slotsOf(context.db, failing.id)).toMatchObject([{ state: "waiting", startAt: after(6 * minute), attempt: 1 }]);
    await tickAt(one, after(6 * minute));
    expect(await states(failing.id)).toEqual(["started"]);
    await endRuns(failing.sourceId, "failed", after(10 * minute));
    await tickAt(one, after(19 * minute));
    expect(await slotsOf(context.db, failing.id)).toMatchObject([{ state: "waiting", startAt: after(20 * minute), attempt: 2 }]);
    await tickAt(one, after(20 * minute));
    await endRuns(failing.sourceId, "failed", after(25 * minute));
    await tickAt(one, after(26 * minute));
    expect(await slotsOf(context.db, failing.id)).toMatchObject([{ state: "failed", attempt: 2 }]);
    const tries = await context.db.select().from(runs).where(eq(runs.sourceId, failing.sourceId));
    expect(tries.map(({ trigger, slotId }) => [trigger, slotId])).toEqual(tries.map(() => ["schedule", tries[0]?.slotId]));
    expect(tries).toHaveLength(3);
  });

  it("a pause takes the next try away, and the slot has failed all the same", async () => {
    const { id, sourceId } = await scheduled(nominal);
    const one = scheduler();
    await tickAt(one, after(1000));
    await endRuns(sourceId, "failed", after(minute));
    await tickAt(one, after(2 * minute));
    await context.db
      .update(schedules)
      .set({ pausedUntil: after(hour) })
      .where(eq(schedules.id, id));
    await tickAt(one, after(6 * minute));
    expect(await slotsOf(context.db, id)).toMatchObject([{ state: "failed", reason: "paused", settledAt: after(6 * minute), attempt: 1 }]);
  });

  it("a run that somebody cancelled is not tried again", async () => {
    const { id, sourceId } = await scheduled(nominal);
    const one = scheduler();
    await tickAt(one, after(1000));
    await endRuns(sourceId, "cancelled", now);
    await tickAt(one, after(minute));
    expect(await states(id)).toEqual(["failed"]);
  });
});

describe("pauses", () => {
  it("a source that is paused until Tuesday noon skips until then, and resumes by itself", async () => {
    const { id, sourceId } = await scheduled(nominal);
    await context.db
      .update(sources)
      .set({ pausedAt: after(-hour), pausedUntil: after(37 * hour) })
      .where(eq(sources.id, sourceId));
    const one = scheduler();
    await tickAt(one, after(1000));
    await tickAt(one, after(day + 1000));
    await tickAt(one, after(37 * hour));
    const [row] = await context.db.select().from(sources).where(eq(sources.id, sourceId));
    expect(row).toMatchObject({ pausedAt: null, pausedUntil: null });
    const [told] = await context.db.select().from(auditEvents).where(eq(auditEvents.targetId, sourceId));
    expect(told).toMatchObject({ action: "source.resume", actorType: "system" });
    await tickAt(one, after(2 * day));
    expect((await slotsOf(context.db, id)).map(({ state, reason }) => [state, reason])).toEqual([
      ["skipped", "source-paused"],
      ["skipped", "source-paused"],
      ["started", null],
    ]);
  });

  it("a paused schedule skips what falls into its pause; one that is off has no slots", async () => {
    const paused = await scheduled(nominal, { pausedUntil: after(30 * hour) });
    const off = await scheduled(nominal, { enabled: false });
    const one = scheduler();
    for (const days of [0, 1, 2]) await tickAt(one, after(days * day + 1000));
    expect(await states(paused.id)).toEqual(["skipped", "skipped", "started"]);
    expect(await states(off.id)).toEqual([]);
  });
});

describe("a scheduled verification", () => {
  it("takes the newest good backup that nobody verified, else the one that was verified longest ago; none: nothing to do", async () => {
    const { id, sourceId } = await scheduled(nominal, { task: "verify" });
    const destinationId = await insertDestination(context.db);
    const at = { sourceId, destinationId };
    const one = scheduler();
    await tickAt(one, after(1000));
    expect(await slotsOf(context.db, id)).toMatchObject([{ state: "skipped", reason: "nothing-to-do" }]);
    const older = await insertBackup(context.db, at, { snapshotAt: after(-2 * day) });
    const newer = await insertBackup(context.db, at, { snapshotAt: after(-day) });
    await insertBackup(context.db, at, { snapshotAt: after(-hour) }, { state: "damaged", failedAt: after(-hour) });
    const verified = async (backupId: string, when: Date) => {
      await endRuns(sourceId, "succeeded", now);
      await context.db.update(copies).set({ verifiedAt: when }).where(eq(copies.backupId, backupId));
    };
    const looked: (string | null)[] = [];
    for (const days of [1, 2, 3, 4]) {
      await tickAt(one, after(days * day));
      const [run] = await context.db
        .select()
        .from(runs)
        .where(and(eq(runs.sourceId, sourceId), eq(runs.state, "queued")));
      looked.push(run?.backupId ?? null);
      await verified(run?.backupId ?? "", now);
    }
    expect(looked).toEqual([newer, older, newer, older]);
  });

  it("waits for the backup that is due at the same moment", async () => {
    const backup = await scheduled(nominal);
    const verify = await scheduled(nominal, { task: "verify", sourceId: backup.sourceId });
    const one = scheduler();
    await tickAt(one, after(1000));
    expect([await states(backup.id), await states(verify.id)]).toEqual([["started"], ["waiting"]]);
  });
});

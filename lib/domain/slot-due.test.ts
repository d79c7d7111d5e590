import { describe, expect, it } from "vitest";
import { clockMove } from "./schedule-clock.ts";
import { type DueTimes, jitterOf, slotsOfDue } from "./slot-due.ts";

const hour = 3_600_000;
const day = 24 * hour;
/** 23:00 on some day; the schedule is daily. */
const nominal = Date.parse("2026-11-22T23:00:00Z");
const rule = { scheduleId: "sch_1", windowMinutes: null, jitterSeconds: 0, onMissed: "catch-up" } as const;
const noPause = { scheduleUntil: null, source: null };

function due(change: Partial<DueTimes>) {
  const base: DueTimes = { rule, nominals: [nominal], next: nominal + day, now: nominal + 3000, pauses: noPause, cause: "not-running" };
  return slotsOfDue({ ...base, ...change });
}

describe("a time that has come", () => {
  it("waits for its start, inside its window or until the next one", () => {
    expect(due({})).toEqual([
      { nominalAt: nominal, state: "waiting", reason: null, late: false, startAt: nominal, expiresAt: nominal + day },
    ]);
    expect(due({ rule: { ...rule, windowMinutes: 30 } })[0]?.expiresAt).toBe(nominal + hour / 2);
    // A window never reaches beyond the next time of the same schedule.
    expect(due({ rule: { ...rule, windowMinutes: 10_080 } })[0]?.expiresAt).toBe(nominal + day);
  });

  it("seen 12 hours late is caught up, marked late; or missed, where the schedule says so", () => {
    const now = nominal + 12 * hour;
    expect(due({ now })).toEqual([
      { nominalAt: nominal, state: "waiting", reason: "not-running", late: true, startAt: now, expiresAt: nominal + day },
    ]);
    expect(due({ now, rule: { ...rule, onMissed: "skip" } })).toMatchObject([{ state: "missed", reason: "not-running", late: false }]);
  });

  it("seen late but inside its window just starts", () => {
    const now = nominal + hour;
    for (const onMissed of ["catch-up", "skip"] as const) {
      expect(due({ now, rule: { ...rule, onMissed, windowMinutes: 120 } })).toMatchObject([
        { state: "waiting", late: false, reason: null },
      ]);
    }
  });

  it("five of them, after days without Lifeboat: one catch-up, four missed; none twice", () => {
    const nominals = [0, 1, 2, 3, 4].map((n) => nominal + n * day);
    const now = nominal + 4 * day + 8 * hour;
    const made = due({ nominals, next: nominal + 5 * day, now });
    expect(made.map(({ state }) => state)).toEqual(["missed", "missed", "missed", "missed", "waiting"]);
    expect(made.map(({ late }) => late)).toEqual([false, false, false, false, true]);
    expect(new Set(made.map(({ nominalAt }) => nominalAt)).size).toBe(5);
    expect(
      due({ nominals, next: nominal + 5 * day, now, rule: { ...rule, onMissed: "skip" } }).every(({ state }) => state === "missed"),
    ).toBe(true);
    // More that is due stands behind these: none of them is the one to start.
    expect(due({ nominals, next: nominal + 5 * day, now: nominal + 6 * day }).every(({ state }) => state === "missed")).toBe(true);
  });

  it("tells a clock that jumped from a Lifeboat that did not run", () => {
    const made = due({ nominals: [nominal, nominal + day], next: nominal + 2 * day, now: nominal + day + hour, cause: "clock-jump" });
    expect(made).toMatchObject([
      { state: "missed", reason: "clock-jump" },
      { state: "waiting", reason: "clock-jump", late: true },
    ]);
  });
});

describe("a pause", () => {
  it("leaves out what falls into it, and nothing after", () => {
    const nominals = [nominal, nominal + day, nominal + 2 * day];
    const base = { nominals, next: nominal + 3 * day, now: nominal + 2 * day + 1000 };
    const until = nominal + day + hour;
    expect(due({ ...base, pauses: { scheduleUntil: until, source: null } }).map(({ state, reason }) => [state, reason])).toEqual([
      ["skipped", "paused"],
      ["skipped", "paused"],
      ["waiting", null],
    ]);
    expect(due({ ...base, pauses: { scheduleUntil: null, source: { since: nominal - 1, until } } }).map(({ reason }) => reason)).toEqual([
      "source-paused",
      "source-paused",
      null,
    ]);
  });

  it("that began after a missed time does not excuse it, but nothing is caught up while it lasts", () => {
    const pauses = { scheduleUntil: null, source: { since: nominal + 30 * hour, until: null } };
    expect(due({ nominals: [nominal, nominal + day], next: nominal + 2 * day, now: nominal + 31 * hour, pauses })).toMatchObject([
      { state: "missed", reason: "not-running" },
      { state: "skipped", reason: "source-paused" },
    ]);
  });
});

describe("jitter", () => {
  it("is the same for the same slot, inside its bounds, and spreads over them", () => {
    const found = Array.from({ length: 2000 }, (_, n) => jitterOf(`sch_${n}`, nominal, 600));
    expect(found).toEqual(Array.from({ length: 2000 }, (_, n) => jitterOf(`sch_${n}`, nominal, 600)));
    expect(Math.min(...found)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...found)).toBeLessThanOrEqual(600_000);
    const tenths = Array.from({ length: 10 }, (_, n) => found.filter((ms) => Math.min(9, Math.floor(ms / 60_000)) === n).length);
    for (const count of tenths) expect(count).toBeGreaterThan(120);
    const ofOne = Array.from({ length: 2000 }, (_, n) => jitterOf("sch_1", nominal + n * day, 600));
    expect(new Set(ofOne).size).toBeGreaterThan(1900);
  });

  it("puts a start off, never beyond half of the window, never before the nominal time", () => {
    const [slot] = due({ rule: { ...rule, scheduleId: "sch_7", jitterSeconds: 7200, windowMinutes: 10 } });
    expect(slot?.startAt).toBeLessThanOrEqual(nominal + 5 * 60_000);
    expect(slot?.startAt).toBeGreaterThanOrEqual(nominal);
    expect(due({ rule: { ...rule, jitterSeconds: 600 } })[0]?.startAt).toBe(nominal + jitterOf("sch_1", nominal, 600));
  });
});

it("a clock that runs away from one that only counts has jumped", () => {
  const before = { atMs: nominal, countMs: 0 };
  expect(clockMove(null, before)).toBe("steady");
  expect(clockMove(before, { atMs: nominal + 600_000, countMs: 600_000 })).toBe("steady");
  expect(clockMove(before, { atMs: nominal + 60_000, countMs: 5000 })).toBe("steady");
  expect(clockMove(before, { atMs: nominal + 10 * 365 * day, countMs: 5000 })).toBe("forward");
  expect(clockMove(before, { atMs: nominal - hour, countMs: 5000 })).toBe("back");
});

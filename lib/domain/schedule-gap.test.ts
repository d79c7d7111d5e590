import { describe, expect, it } from "vitest";
import { objectiveSeconds } from "./objective.ts";
import { longestGapSeconds, type PlannedStarts } from "./schedule-gap.ts";
import { presetSchedules } from "./schedule-presets.ts";

const hour = 3_600_000;

describe("the longest that schedules leave a source without a backup", () => {
  const every = (hours: number, change: Partial<PlannedStarts> = {}): PlannedStarts => ({
    starts: Array.from({ length: Math.floor(2400 / hours) }, (_, index) => (index + 1) * hours * hour),
    windowMinutes: null,
    jitterSeconds: 0,
    ...change,
  });
  const gapHours = (...planned: PlannedStarts[]) => (longestGapSeconds(planned, 0, 100 * hour) ?? NaN) / 3600;
  const daily = every(24);

  it("is none without any, and as long as was looked ahead with a single start", () => {
    expect(longestGapSeconds([], 0, 100 * hour)).toBeNull();
    expect(gapHours({ ...daily, starts: [] })).toBe(100);
    expect(gapHours({ ...daily, starts: [30 * hour], windowMinutes: 30 })).toBe(100.5);
  });

  it("is the time between two starts, where the one that comes next decides", () => {
    expect(gapHours(daily)).toBe(24);
    expect(gapHours(daily, { ...daily, starts: [30 * hour], windowMinutes: 30 })).toBe(24);
    expect(gapHours({ ...daily, starts: [24, 30, 60].map((n) => n * hour) })).toBe(30);
  });

  it("has the window of a start, as far as the next one of its schedule", () => {
    expect(gapHours({ ...daily, windowMinutes: 60 })).toBe(25);
    expect(gapHours({ ...daily, windowMinutes: 7 * 24 * 60 })).toBe(48);
    // A start of another schedule comes in between, whatever the window.
    expect(gapHours(daily, every(720, { windowMinutes: 7 * 24 * 60 }))).toBe(24);
    const halfPast = daily.starts.map((at) => at + hour / 2);
    expect(gapHours({ ...daily, windowMinutes: 60 }, { ...daily, starts: halfPast, windowMinutes: 0 })).toBe(24);
  });

  it("has the jitter where there is no window, and never more of it than half the way to the next start", () => {
    expect(gapHours({ ...daily, jitterSeconds: 3600 })).toBe(25);
    expect(gapHours(every(1, { jitterSeconds: 7200 }))).toBe(1.5);
    expect(gapHours({ ...daily, jitterSeconds: 3600, windowMinutes: 120 })).toBe(26);
  });

  it("looks no further than the starts of each schedule are known", () => {
    const dense = { ...every(1), isCut: true };
    expect(gapHours({ ...dense, starts: dense.starts.slice(0, 30) }, every(168))).toBe(1);
  });

  it("gives a daily backup the 26 hours that hold without schedules, once", () => {
    expect(objectiveSeconds(longestGapSeconds([daily], 0, 100 * hour))).toBe(objectiveSeconds(null));
    expect(objectiveSeconds(longestGapSeconds([daily, every(720, { windowMinutes: 10_080 })], 0, 100 * hour))).toBe(26 * 3600);
  });
});

it("a daily backup is verified two hours later, also past midnight", () => {
  expect(presetSchedules("daily", "23:15")).toEqual([
    { task: "full", cron: "15 23 * * *" },
    { task: "verify", cron: "15 1 * * *" },
    { task: "clean-up", cron: "0 2 * * 1" },
  ]);
  expect(presetSchedules("recommended", "05:00").map(({ task, cron }) => `${task} ${cron}`)).toEqual([
    "full 0 0 1 * *",
    "differential 30 23 * * 0",
    "incremental 0 23 * * *",
    "verify 0 1 * * *",
    "clean-up 0 2 * * 1",
  ]);
});

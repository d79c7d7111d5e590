import { describe, expect, it } from "vitest";
import { daysOf, marksOf, slotOf, todayShare } from "./calendar-model.ts";

const drill = (id: string, at: string, verdict: "passed" | "passed-with-findings" | "failed" | null = "passed") => ({
  id,
  at,
  verdict,
  state: verdict === null ? ("aborted" as const) : ("closed" as const),
});

describe("the slot of a drill", () => {
  it.each([
    ["2026-01-01T00:00:00.000Z", "UTC", 0],
    ["2026-01-10T23:59:59.000Z", "UTC", 0],
    ["2026-01-11T00:00:00.000Z", "UTC", 1],
    ["2026-01-31T12:00:00.000Z", "UTC", 2],
    ["2026-12-31T12:00:00.000Z", "UTC", 35],
    ["2026-01-31T23:30:00.000Z", "Europe/Madrid", 3],
    ["2026-12-31T23:30:00.000Z", "Europe/Madrid", 35],
    ["2026-01-01T00:30:00.000Z", "America/New_York", 0],
  ])("of %s in %s is %i", (at, zone, slot) => {
    expect(slotOf(at, 2026, zone)).toBe(slot);
  });
});

describe("the marks of a year", () => {
  it("show the worst verdict of a third of a month, and count its drills", () => {
    const marks = marksOf(
      [
        drill("a", "2026-03-02T08:00:00.000Z"),
        drill("b", "2026-03-05T08:00:00.000Z", "failed"),
        drill("c", "2026-03-06T08:00:00.000Z", "passed-with-findings"),
        drill("d", "2026-03-21T08:00:00.000Z", null),
      ],
      2026,
      "UTC",
    );
    expect(marks.map(({ slot, shown, drills }) => [slot, shown, drills.length])).toEqual([
      [6, "verdict.failed", 3],
      [8, "drill.aborted", 1],
    ]);
    expect(marks.map((mark) => daysOf(mark, "UTC"))).toEqual([
      { from: "2026-03-02", to: "2026-03-06" },
      { from: "2026-03-21", to: "2026-03-21" },
    ]);
  });

  it("have today in the middle of its day, and in its own year only", () => {
    expect(todayShare(new Date("2026-07-01T12:00:00Z"), 2026, "UTC")).toBeCloseTo(0.5 + 0.5 / 31 / 12);
    expect(todayShare(new Date("2026-07-01T12:00:00Z"), 2025, "UTC")).toBeNull();
  });
});

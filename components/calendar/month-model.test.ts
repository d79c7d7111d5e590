import { describe, expect, it } from "vitest";
import type { SlotDto } from "#lib/contracts/schedules";
import { daysOfAnswer, dayRange, isBusy, monthAfter, monthRange, movedDay, noCounts, sumOf, weeksOf } from "./month-model.ts";

const slot = (nominalAt: string, state: SlotDto["state"]): SlotDto => ({
  id: null,
  scheduleId: null,
  sourceId: `src_${"0".repeat(32)}`,
  sourceName: "shop",
  task: "full",
  nominalAt,
  state,
  reason: null,
  late: false,
  attempt: 0,
  runId: null,
});

describe("a month of the calendar", () => {
  it("is weeks from Monday", () => {
    const weeks = weeksOf("2026-11");
    expect(weeks).toHaveLength(6);
    expect(weeks[0]).toEqual([null, null, null, null, null, null, "2026-11-01"]);
    expect(weeks.at(-1)).toEqual(["2026-11-30", null, null, null, null, null, null]);
    expect(weeksOf("2027-02")).toHaveLength(4);
  });

  it("follows on others over the year's end", () => {
    expect(monthAfter("2026-12", 1)).toBe("2027-01");
    expect(monthAfter("2027-01", -1)).toBe("2026-12");
  });

  it("begins and ends with the reader's midnight, whatever the clocks do in between", () => {
    expect(monthRange("2026-10", "Europe/Berlin")).toEqual({ from: "2026-09-30T22:00:00.000Z", to: "2026-10-31T23:00:00.000Z" });
  });

  it("has slots on the reader's days and counts them by what became of them", () => {
    const slots = [
      slot("2026-11-22T23:30:00.000Z", "done"),
      slot("2026-11-22T10:00:00.000Z", "missed"),
      slot("2026-11-23T05:00:00.000Z", "waiting"),
    ];
    const days = daysOfAnswer("2026-11", { items: slots, truncated: false, days: [] }, "Europe/Berlin");
    expect(days.find(({ day }) => day === "2026-11-22")?.counts).toMatchObject({ missed: 1, done: 0 });
    expect(days.find(({ day }) => day === "2026-11-23")?.slots?.map(({ state }) => state)).toEqual(["done", "waiting"]);
    expect(sumOf(days)).toEqual({ failed: 0, missed: 1, active: 1, done: 1, planned: 0, skipped: 0 });
  });

  it("of which more is known than was given counts all of it, and leaves each day's slots to be asked for", () => {
    const counted = { day: "2026-11-23", planned: 3, active: 1, done: 2, failed: 1, missed: 0, skipped: 0 };
    const paused = { ...counted, day: "2026-11-22", planned: 0, active: 0, done: 0, failed: 0, skipped: 24 };
    const answer = { items: [slot("2026-11-23T05:00:00.000Z", "done")], truncated: true, days: [paused, counted] };
    const days = daysOfAnswer("2026-11", answer, "Europe/Berlin");
    expect(days).toHaveLength(30);
    expect(days.filter(isBusy)).toEqual([
      { day: "2026-11-22", slots: null, counts: { ...noCounts, skipped: 24 } },
      { day: "2026-11-23", slots: null, counts: { planned: 2, done: 2, failed: 1, missed: 0, active: 1, skipped: 0 } },
    ]);
    expect(days.every(({ slots }) => slots === null)).toBe(true);
  });

  it("has days of 23 and 25 hours where the clocks change", () => {
    expect(dayRange("2026-10-25", "Europe/Berlin")).toEqual({ from: "2026-10-24T22:00:00.000Z", to: "2026-10-25T23:00:00.000Z" });
    expect(dayRange("2026-12-31", "UTC")).toEqual({ from: "2026-12-31T00:00:00.000Z", to: "2027-01-01T00:00:00.000Z" });
  });

  it.each([
    ["left", "2026-10-31"],
    ["right", "2026-11-02"],
    ["up", "2026-10-25"],
    ["down", "2026-11-08"],
    ["home", "2026-10-26"],
    ["end", "2026-11-01"],
    ["page-down", "2026-12-01"],
  ] as const)("%s from its first day is %s", (move, expected) => {
    expect(movedDay("2026-11-01", move)).toBe(expected);
  });

  it("pages to the last day where a month is shorter", () => {
    expect(movedDay("2027-01-31", "page-down")).toBe("2027-02-28");
  });
});

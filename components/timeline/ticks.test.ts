import { describe, expect, it } from "vitest";
import { ticksOf } from "./ticks.ts";

const madrid = { locale: "en", timeZone: "Europe/Madrid" };
const span = (from: string, to: string) => ({ from: Date.parse(from), to: Date.parse(to) });

describe("the axis", () => {
  it("marks midnights of the reader's zone, also across a change of clocks", () => {
    const ticks = ticksOf(span("2026-10-23T10:00:00Z", "2026-10-27T10:00:00Z"), madrid);
    expect(ticks.map(({ label }) => label)).toEqual(["24 Oct", "25 Oct", "26 Oct", "27 Oct"]);
    expect(new Date(ticks[1]?.at ?? 0).toISOString()).toBe("2026-10-24T22:00:00.000Z");
    expect(new Date(ticks[2]?.at ?? 0).toISOString()).toBe("2026-10-25T23:00:00.000Z");
  });

  it("marks times of day in a short span", () => {
    expect(ticksOf(span("2026-11-21T10:00:00Z", "2026-11-21T10:20:00Z"), madrid).map(({ label }) => label)).toEqual([
      "11:00",
      "11:05",
      "11:10",
      "11:15",
      "11:20",
    ]);
  });

  it.each([7, 30, 90, 400, 4000])("has two to six marks in %i days", (days) => {
    const to = Date.parse("2026-11-22T12:00:00Z");
    const count = ticksOf({ from: to - days * 86_400_000, to }, madrid).length;
    expect(count).toBeGreaterThanOrEqual(2);
    expect(count).toBeLessThanOrEqual(7);
  });
});

import { describe, expect, it } from "vitest";
import { buildStrip, stripStart } from "./strip.ts";

const now = new Date("2026-03-01T00:00:00.000Z");

describe("buildStrip", () => {
  it("has thirty days that end today, across a short February", () => {
    const strip = buildStrip(now, []);
    expect(strip).toHaveLength(30);
    expect([strip[0]?.day, strip[28]?.day, strip[29]?.day]).toEqual(["2026-01-31", "2026-02-28", "2026-03-01"]);
    expect(strip.every((day) => day.good + day.failed + day.missed + day.planned === 0)).toBe(true);
  });

  it("adds up what is known of a day and leaves out other days", () => {
    const strip = buildStrip(now, [
      { day: "2026-02-28", good: 2, failed: 0 },
      { day: "2026-02-28", good: 0, failed: 1 },
      { day: "2026-02-28", missed: 3 },
      { day: "2026-01-30", good: 9, failed: 9 },
      { day: "2026-03-01", planned: 1 },
    ]);
    expect(strip.filter((day) => day.good + day.failed + day.missed + day.planned > 0)).toEqual([
      { day: "2026-02-28", good: 2, failed: 1, missed: 3, planned: 0 },
      { day: "2026-03-01", good: 0, failed: 0, missed: 0, planned: 1 },
    ]);
  });

  it("begins at a UTC midnight whatever the hour", () => {
    expect(stripStart(new Date("2026-03-01T23:59:59.999Z")).toISOString()).toBe("2026-01-31T00:00:00.000Z");
  });
});

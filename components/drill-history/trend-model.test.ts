import { describe, expect, it } from "vitest";
import { heightOf, isWithin, scaleOf, summaryOf } from "./trend-model.ts";

const point = (recoveryMs: number | null, recoveryTimeSeconds: number | null = 3600) => ({
  drillId: "drl_1",
  sourceId: "src_1",
  sourceName: "shop",
  closedAt: "2026-11-22T10:00:00.000Z",
  verdict: "passed" as const,
  recoveryMs,
  recoveryTimeSeconds,
});

describe("the scale of recovery times", () => {
  it("holds times and objectives between its first and last mark", () => {
    expect(scaleOf([point(42_000), point(61_000)])).toEqual([10_000, 60_000, 600_000, 3_600_000]);
  });

  it("has two marks at least, also where there is one time, none, or one beyond every mark", () => {
    expect(scaleOf([point(1000, null)])).toEqual([1000, 10_000]);
    expect(scaleOf([])).toHaveLength(2);
    expect(scaleOf([point(50, null)]).length).toBeGreaterThanOrEqual(2);
    expect(scaleOf([point(900 * 86_400_000, null)]).length).toBeGreaterThanOrEqual(2);
  });

  it("puts each mark higher than the one before, from 0 to 1", () => {
    const scale = scaleOf([point(42_000)]);
    const heights = scale.map((step) => heightOf(step, scale));
    expect(heights).toEqual(heights.toSorted((a, b) => a - b));
    expect([heights[0], heights.at(-1)]).toEqual([0, 1]);
  });
});

describe("the trend in one sentence", () => {
  it("counts a time that equals its objective as kept, a drill that never recovered as late, and one without an objective not at all", () => {
    expect([isWithin(point(3_600_000)), isWithin(point(3_600_001)), isWithin(point(1, null)), isWithin(point(null))]).toEqual([
      true,
      false,
      null,
      false,
    ]);
    expect(summaryOf([point(10), point(30), point(3_600_001), point(null), point(20, null)])).toEqual({
      measured: 4,
      within: 2,
      compared: 4,
      medianMs: 25,
    });
    expect(summaryOf([]).medianMs).toBeNull();
  });
});

import { describe, expect, it } from "vitest";
import { findGaps, median, usualInterval } from "./restore-points.ts";

const hour = 3600;
const start = Date.UTC(2026, 0, 1);
/** Instants so many hours after the first one. */
const at = (...hours: number[]) => hours.map((value) => new Date(start + value * hour * 1000));

describe("what is usual", () => {
  it("is nothing with fewer than three points", () => {
    expect(usualInterval([])).toBeNull();
    expect(usualInterval(at(0, 24))).toBeNull();
  });

  it("is the median of the intervals, in whatever order the points come", () => {
    expect(usualInterval(at(48, 0, 24, 400))).toBe(24 * hour);
    expect(usualInterval(at(0, 10, 30))).toBe(15 * hour);
  });

  it("takes a synthetic full and its member, of one time, for one point", () => {
    expect(usualInterval(at(0, 24, 24, 24, 48))).toBe(24 * hour);
    expect(usualInterval(at(0, 0, 24))).toBeNull();
  });
});

describe("gaps", () => {
  const day = 24 * hour;

  it("are longer than three usual intervals", () => {
    expect(findGaps(at(0, 24, 48, 120, 121), day, null)).toEqual([]);
    expect(findGaps(at(0, 24, 48, 120.001, 121), day, null)).toEqual([
      { from: at(48)[0], to: at(120.001)[0], seconds: Math.floor(72.001 * hour) },
    ]);
  });

  it("are at least 25 hours long, however often backups usually come", () => {
    expect(findGaps(at(0, 24.999), hour, null)).toEqual([]);
    expect(findGaps(at(0, 25), hour, null)).toHaveLength(1);
  });

  it("last until now where the newest point is too old", () => {
    const now = new Date(start + 100 * hour * 1000);
    expect(findGaps(at(0, 24), day, now)).toEqual([{ from: at(24)[0], to: null, seconds: 76 * hour }]);
    expect(findGaps(at(0, 24, 90), day, now)).toEqual([]);
    expect(findGaps(at(0, 24), day, null)).toEqual([]);
  });

  it("are none where nothing is usual yet, and none without a point", () => {
    expect(findGaps(at(0, 1000), null, new Date(start))).toEqual([]);
    expect(findGaps([], day, new Date(start))).toEqual([]);
  });
});

it("the middle of an even count lies between the two in the middle", () => {
  expect(median([4, 1])).toBe(2.5);
  expect(median([9, 1, 4])).toBe(4);
  expect(median([])).toBeNaN();
});

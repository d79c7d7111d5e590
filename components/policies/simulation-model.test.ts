import { describe, expect, it } from "vitest";
import { byteTicks, dateAfter, daysUntil, monthMarks, monthRows, pathsOf, summaryOf } from "./simulation-model.ts";

const day = (date: string, storedBytes: number) => ({ day: date, backups: 1, storedBytes, trashed: 0 });

describe("how space develops", () => {
  it("has an axis of round binary numbers that holds the highest", () => {
    expect(byteTicks(0)).toEqual([0, 1]);
    expect(byteTicks(900)).toEqual([0, 256, 512, 768, 1024]);
    expect(byteTicks(3.2 * 1024 ** 3)).toEqual([0, 1, 2, 3, 4].map((gib) => gib * 1024 ** 3));
    expect(byteTicks(1400 * 1024 ** 2)).toEqual([0, 0.5, 1, 1.5].map((gib) => gib * 1024 ** 3));
  });

  it("is told from its first day over its peak to its last", () => {
    const series = [day("2026-11-30", 10), day("2026-12-01", 40), day("2026-12-02", 20)];
    expect(summaryOf(series)).toMatchObject({ first: { storedBytes: 10 }, peak: { day: "2026-12-01" }, last: { storedBytes: 20 } });
    expect(summaryOf([])).toBeNull();
    expect(monthRows(series).map((row) => row.day)).toEqual(["2026-11-30", "2026-12-01", "2026-12-02"]);
    expect(monthMarks(series, 6)).toEqual([{ day: "2026-12-01", share: 0.5 }]);
  });

  it("is drawn as a line and an area under it", () => {
    expect(pathsOf([day("2026-11-30", 0), day("2026-12-01", 50)], 100)).toEqual({
      line: "M0 100L100 50",
      area: "M0 100L100 50L100 100L0 100Z",
    });
    expect(pathsOf([day("2026-11-30", 25)], 100).line).toBe("M0 75L100 75");
    expect(pathsOf([], 100)).toEqual({ line: "", area: "" });
  });

  it("counts days from date to date", () => {
    expect(dateAfter("2026-12-30", 3)).toBe("2027-01-02");
    expect(daysUntil("2026-12-30", "2027-01-02")).toBe(3);
    expect(daysUntil("2026-12-30", "")).toBeNull();
  });
});

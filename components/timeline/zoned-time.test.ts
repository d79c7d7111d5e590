import { describe, expect, it } from "vitest";
import { fromWallTime, toWallTime } from "./zoned-time.ts";

describe("a date-time field in the reader's zone", () => {
  it.each([
    ["2026-11-21T02:00:13.000Z", "Europe/Madrid", "2026-11-21T03:00:13"],
    ["2026-07-01T23:30:00.000Z", "Asia/Kolkata", "2026-07-02T05:00:00"],
    ["2026-01-01T03:00:00.000Z", "America/New_York", "2025-12-31T22:00:00"],
    ["2026-01-01T03:00:00.000Z", "UTC", "2026-01-01T03:00:00"],
  ])("%s in %s reads %s, and back", (instant, zone, wall) => {
    expect(toWallTime(instant, zone)).toBe(wall);
    expect(fromWallTime(wall, zone)).toBe(instant);
  });

  it("takes minutes without seconds", () => {
    expect(fromWallTime("2026-11-21T03:00", "Europe/Madrid")).toBe("2026-11-21T02:00:00.000Z");
  });

  it("means the first of two hours that read the same", () => {
    expect(fromWallTime("2026-10-25T02:30", "Europe/Madrid")).toBe("2026-10-25T00:30:00.000Z");
    expect(fromWallTime("2026-11-01T01:30", "America/New_York")).toBe("2026-11-01T05:30:00.000Z");
  });

  it("puts a time that is skipped behind the change", () => {
    expect(fromWallTime("2026-03-29T02:30", "Europe/Madrid")).toBe("2026-03-29T01:30:00.000Z");
  });

  it("is null for what is no time", () => {
    for (const text of ["", "2026-11-21", "2026-13-40T00:00", "soon"]) expect(fromWallTime(text, "UTC")).toBeNull();
  });
});

import { describe, expect, it } from "vitest";
import { isObjectiveMet, objectiveSeconds } from "./objective.ts";

const hour = 3600;

describe("objectiveSeconds", () => {
  it("is 26 hours without schedules, and the same for a daily one", () => {
    expect(objectiveSeconds(null)).toBe(26 * hour);
    expect(objectiveSeconds(24 * hour)).toBe(26 * hour);
  });

  it("allows for what a backup takes, ten minutes at least and two hours at most", () => {
    expect(objectiveSeconds(600)).toBe(1200);
    expect(objectiveSeconds(12 * hour)).toBe(13 * hour);
    expect(objectiveSeconds(7 * 24 * hour)).toBe(7 * 24 * hour + 2 * hour);
  });
});

describe("isObjectiveMet", () => {
  const now = new Date("2026-11-22T12:00:00.000Z");
  const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);

  it("holds up to the very second, and never without a backup", () => {
    expect(isObjectiveMet(ago(100), 100, now)).toBe(true);
    expect(isObjectiveMet(ago(101), 100, now)).toBe(false);
    expect(isObjectiveMet(null, 100, now)).toBe(false);
  });

  it("holds for a clock that is a little ahead, and not for one that is ten years ahead", () => {
    expect(isObjectiveMet(ago(-600), 100, now)).toBe(true);
    expect(isObjectiveMet(ago(-601), 100, now)).toBe(false);
    expect(isObjectiveMet(ago(-10 * 365 * 86_400), 100, now)).toBe(false);
  });
});

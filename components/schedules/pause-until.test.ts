import { describe, expect, it } from "vitest";
import { isOpenEnd, openEnd, pauseEnd } from "./pause-until.ts";

const now = new Date("2026-11-22T23:30:00.000Z");

describe("the end of a pause", () => {
  it("is an hour or a week from now", () => {
    expect(pauseEnd("hour", "", now, "UTC")).toBe("2026-11-23T00:30:00.000Z");
    expect(pauseEnd("week", "", now, "UTC")).toBe("2026-11-29T23:30:00.000Z");
  });

  it("is the next day's morning where the reader is", () => {
    expect(pauseEnd("morning", "", now, "UTC")).toBe("2026-11-23T08:00:00.000Z");
    // In Berlin it is the 23rd already.
    expect(pauseEnd("morning", "", now, "Europe/Berlin")).toBe("2026-11-24T07:00:00.000Z");
  });

  it("is what was typed, in the reader's zone, while that is to come", () => {
    expect(pauseEnd("time", "2026-12-01T12:00", now, "Europe/Berlin")).toBe("2026-12-01T11:00:00.000Z");
    expect(pauseEnd("time", "2026-11-22T12:00", now, "Europe/Berlin")).toBeUndefined();
    expect(pauseEnd("time", "", now, "UTC")).toBeUndefined();
  });

  it("may be a person's to say", () => {
    expect(pauseEnd("open", "", now, "UTC")).toBeNull();
    expect([isOpenEnd(openEnd), isOpenEnd("2026-12-01T11:00:00.000Z")]).toEqual([true, false]);
  });
});

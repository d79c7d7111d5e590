import { describe, expect, it } from "vitest";
import { quietUntil } from "./quiet-hours.ts";

const night = (timeZone: string, from = "22:00", to = "07:00") => ({ from, to, timeZone });
const end = (hours: Parameters<typeof quietUntil>[0], now: string) => quietUntil(hours, new Date(now))?.toISOString() ?? null;

describe("quiet hours", () => {
  it("cross midnight and end in the morning of the zone", () => {
    expect(end(night("Europe/Berlin"), "2026-01-15T21:30:00.000Z")).toBe("2026-01-16T06:00:00.000Z");
    expect(end(night("Europe/Berlin"), "2026-01-15T23:30:12.345Z")).toBe("2026-01-16T06:00:00.000Z");
    expect(end(night("Europe/Berlin"), "2026-01-15T20:59:59.999Z")).toBeNull();
    expect(end(night("Europe/Berlin"), "2026-01-16T06:00:00.000Z")).toBeNull();
  });

  it("end when the clock on the wall shows it, on the nights when it is put forward or back", () => {
    // Forward at 02:00 (01:00 UTC): seven o'clock is an hour sooner than on the days before.
    expect(end(night("Europe/Berlin"), "2026-03-28T21:00:00.000Z")).toBe("2026-03-29T05:00:00.000Z");
    expect(end(night("Europe/Berlin"), "2026-10-24T20:00:00.000Z")).toBe("2026-10-25T06:00:00.000Z");
    expect(end(night("America/New_York"), "2026-03-08T03:00:00.000Z")).toBe("2026-03-08T11:00:00.000Z");
    // Half an hour, in Lord Howe.
    expect(end(night("Australia/Lord_Howe"), "2026-04-04T12:00:00.000Z")).toBe("2026-04-04T20:30:00.000Z");
  });

  it("end after the gap when their end is a time that is left out", () => {
    expect(end(night("Europe/Berlin", "22:00", "02:30"), "2026-03-28T23:00:00.000Z")).toBe("2026-03-29T01:00:00.000Z");
  });

  it("are quiet twice for a time that is shown twice", () => {
    const hours = night("Europe/Berlin", "02:00", "02:30");
    expect(end(hours, "2026-10-25T00:10:00.000Z")).toBe("2026-10-25T00:30:00.000Z");
    expect(end(hours, "2026-10-25T01:10:00.000Z")).toBe("2026-10-25T01:30:00.000Z");
  });

  it("within one day, and none where both ends are the same", () => {
    expect(end(night("UTC", "12:00", "13:00"), "2026-06-01T12:30:00.000Z")).toBe("2026-06-01T13:00:00.000Z");
    expect(end(night("UTC", "12:00", "13:00"), "2026-06-01T13:00:00.000Z")).toBeNull();
    expect(end(night("UTC", "12:00", "12:00"), "2026-06-01T12:00:00.000Z")).toBeNull();
  });
});

import { describe, expect, it } from "vitest";
import { formatBytes, formatRate } from "./bytes.ts";
import { formatDuration, formatSecondsLeft } from "./duration.ts";
import { formatCount, formatPercent } from "./number.ts";
import { dayKey, formatClock, formatDay, formatInstant, formatMinute, formatRelative } from "./time.ts";

const nb = "\u00A0";

describe("bytes", () => {
  it.each([
    [0, `0${nb}B`],
    [1023, `1,023${nb}B`],
    [1024, `1.0${nb}KiB`],
    [1536, `1.5${nb}KiB`],
    [1024 * 1024 - 1, `1.0${nb}MiB`],
    [152.34 * 1024 ** 2, `152.3${nb}MiB`],
    [3 * 1024 ** 5, `3.0${nb}PiB`],
    [5000 * 1024 ** 5, `5,000.0${nb}PiB`],
  ])("writes %d as %s", (bytes, text) => {
    expect(formatBytes(bytes, "en")).toBe(text);
  });

  it("uses the locale's decimal sign", () => {
    expect(formatBytes(1536, "es")).toBe(`1,5${nb}KiB`);
    expect(formatRate(1536, "en")).toBe(`1.5${nb}KiB/s`);
  });
});

describe("numbers", () => {
  it("groups digits by locale", () => {
    expect(formatCount(104_233, "en")).toBe("104,233");
    expect(formatCount(104_233, "es")).toBe("104.233");
  });

  it("shows 100 % only when all of it is done", () => {
    expect(formatPercent(0.9999, "en")).toBe(`99${nb}%`);
    expect(formatPercent(1, "en")).toBe(`100${nb}%`);
    expect(formatPercent(1.2, "en")).toBe(`100${nb}%`);
  });
});

describe("durations", () => {
  it.each([
    [0, `0.0${nb}s`],
    [420, `0.4${nb}s`],
    [9949, `9.9${nb}s`],
    [9950, `10${nb}s`],
    [59_600, `1${nb}min`],
    [192_000, `3${nb}min 12${nb}s`],
    [7_500_000, `2${nb}h 5${nb}min`],
    [3 * 86_400_000 + 4 * 3_600_000, `3${nb}d 4${nb}h`],
  ])("writes %d ms as %s", (durationMs, text) => {
    expect(formatDuration(durationMs, "en")).toBe(text);
  });

  it("rounds an estimate up and never promises less than ten seconds", () => {
    expect(formatSecondsLeft(2, "en")).toBe(`10${nb}s`);
    expect(formatSecondsLeft(41, "en")).toBe(`45${nb}s`);
    expect(formatSecondsLeft(183, "en")).toBe(`3${nb}min 10${nb}s`);
    expect(formatSecondsLeft(900, "en")).toBe(`15${nb}min`);
  });
});

describe("times", () => {
  const instant = "2026-11-21T02:00:13.000Z";

  it("carries the zone", () => {
    expect(formatInstant(instant, { locale: "en", timeZone: "UTC" })).toBe("21 Nov 2026, 02:00:13 UTC");
    expect(formatMinute(instant, { locale: "en", timeZone: "Europe/Berlin" })).toBe("21 Nov 2026, 03:00 UTC+01:00");
    expect(formatInstant(instant, { locale: "es", timeZone: "America/New_York" })).toBe("20 nov 2026, 21:00:13 UTC-05:00");
  });

  it("keeps midnight at 00", () => {
    expect(formatClock("2026-11-21T00:00:00.000Z", { locale: "en", timeZone: "UTC" })).toBe("00:00:00");
  });

  it("finds the day in the reader's zone", () => {
    expect(dayKey(instant, "UTC")).toBe("2026-11-21");
    expect(dayKey(instant, "America/New_York")).toBe("2026-11-20");
    expect(formatDay("2026-03-05T12:00:00.000Z", { locale: "en", timeZone: "UTC" })).toBe("5 Mar 2026");
    expect(dayKey("2026-03-05T12:00:00.000Z", "UTC")).toBe("2026-03-05");
  });

  it("says how long ago in one unit, rounded towards now", () => {
    const now = new Date("2026-11-21T02:00:13.000Z");
    expect(formatRelative("2026-11-21T02:00:02.000Z", now, "en", "just now")).toBe("11 seconds ago");
    expect(formatRelative("2026-11-21T01:30:00.000Z", now, "en", "just now")).toBe("30 minutes ago");
    expect(formatRelative("2026-11-19T14:00:00.000Z", now, "en", "just now")).toBe("36 hours ago");
    expect(formatRelative("2026-11-09T02:00:00.000Z", now, "en", "just now")).toBe("12 days ago");
    expect(formatRelative("2026-11-09T02:00:00.000Z", now, "es", "ahora mismo")).toBe("hace 12 días");
    expect(formatRelative("2026-11-21T05:30:00.000Z", now, "en", "just now")).toBe("in 3 hours");
    expect(formatRelative("2024-01-21T05:30:00.000Z", now, "en", "just now")).toBe("2 years ago");
  });

  it.each(["2026-11-21T02:00:04.000Z", "2026-11-21T02:00:13.000Z", "2026-11-21T02:00:16.000Z", "2026-11-21T02:02:00.000Z"])(
    "says just now for %s, though the other clock is a little ahead",
    (instant) => {
      expect(formatRelative(instant, new Date("2026-11-21T02:00:13.000Z"), "es", "ahora mismo")).toBe("ahora mismo");
    },
  );
});

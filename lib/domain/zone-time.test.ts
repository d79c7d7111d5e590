import { describe, expect, it } from "vitest";
import { clockChanges, instantOfWallTime, offsetAt, wallTimeAt } from "./zone-time.ts";

const at = (text: string) => Date.parse(`${text}Z`);
const iso = (ms: number) => new Date(ms).toISOString().slice(0, 16);

describe("a wall time's instant", () => {
  it.each([
    ["Europe/Berlin", "2027-03-28T01:59", "2027-03-28T00:59", "once"],
    ["Europe/Berlin", "2027-03-28T02:00", "2027-03-28T01:00", "gap"],
    ["Europe/Berlin", "2027-03-28T02:59", "2027-03-28T01:00", "gap"],
    ["Europe/Berlin", "2027-03-28T03:00", "2027-03-28T01:00", "once"],
    ["Europe/Berlin", "2026-10-25T01:59", "2026-10-24T23:59", "once"],
    ["Europe/Berlin", "2026-10-25T02:00", "2026-10-25T00:00", "repeat"],
    ["Europe/Berlin", "2026-10-25T02:59", "2026-10-25T00:59", "repeat"],
    ["Europe/Berlin", "2026-10-25T03:00", "2026-10-25T02:00", "once"],
    ["America/New_York", "2027-03-14T02:30", "2027-03-14T07:00", "gap"],
    ["America/New_York", "2027-11-07T01:30", "2027-11-07T05:30", "repeat"],
    ["America/New_York", "2027-11-07T02:00", "2027-11-07T07:00", "once"],
    // Half an hour only, in the southern half of the year.
    ["Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30", "gap"],
    ["Australia/Lord_Howe", "2026-10-04T02:30", "2026-10-03T15:30", "once"],
    ["Australia/Lord_Howe", "2027-04-04T01:29", "2027-04-03T14:29", "once"],
    ["Australia/Lord_Howe", "2027-04-04T01:45", "2027-04-03T14:45", "repeat"],
    ["Australia/Lord_Howe", "2027-04-04T02:00", "2027-04-03T15:30", "once"],
    // Midnight itself is left out; and a whole day was.
    ["Africa/Cairo", "2027-04-30T00:30", "2027-04-29T22:00", "gap"],
    ["Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00", "gap"],
    ["UTC", "2027-03-28T02:30", "2027-03-28T02:30", "once"],
    ["Asia/Kathmandu", "2027-01-01T00:00", "2026-12-31T18:15", "once"],
  ])("%s shows %s: starts at %s, %s", (zone, wall, instant, kind) => {
    const found = instantOfWallTime(zone, at(wall));
    expect([iso(found.at), found.kind]).toEqual([instant, kind]);
  });

  it.each(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"])(
    "%s: every minute around every change has an instant, none earlier than that of the minute before; shown once, it is shown at its instant",
    (zone) => {
      for (const { at: change } of clockChanges(zone, at("2026-01-01T00:00"), at("2028-01-01T00:00"))) {
        let last = -Infinity;
        for (let wall = wallTimeAt(zone, change) - 4 * 3_600_000; wall < wallTimeAt(zone, change) + 4 * 3_600_000; wall += 60_000) {
          const found = instantOfWallTime(zone, wall);
          expect(found.at).toBeGreaterThanOrEqual(last);
          expect(found.kind === "gap" || wallTimeAt(zone, found.at) === wall).toBe(true);
          last = found.at;
        }
      }
    },
  );
});

it("finds every change of a year, with the wall times that it leaves out or shows twice", () => {
  const found = clockChanges("Europe/Berlin", at("2026-01-01T00:00"), at("2027-01-01T00:00"));
  expect(found.map(({ at: change, ...rest }) => [iso(change), rest.change, iso(rest.wallFrom), iso(rest.wallTo)])).toEqual([
    ["2026-03-29T01:00", "gap", "2026-03-29T02:00", "2026-03-29T03:00"],
    ["2026-10-25T01:00", "repeat", "2026-10-25T02:00", "2026-10-25T03:00"],
  ]);
  expect(clockChanges("Asia/Tokyo", at("2026-01-01T00:00"), at("2027-01-01T00:00"))).toEqual([]);
});

it("gives offsets to the minute, and none for a zone that nobody knows", () => {
  expect(offsetAt("Australia/Lord_Howe", at("2026-12-01T00:00"))).toBe(11 * 3_600_000);
  expect(offsetAt("America/St_Johns", at("2026-12-01T00:00"))).toBe(-3.5 * 3_600_000);
  expect(() => offsetAt("Europe/Nowhere", 0)).toThrow(RangeError);
});

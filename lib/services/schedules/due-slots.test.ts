import { describe, expect, it } from "vitest";
import { pastStarts } from "./due-slots.ts";

const at = (text: string) => Date.parse(`${text}Z`);
const iso = (ms: number | undefined) => new Date(ms ?? Number.NaN).toISOString().slice(0, 16);
const minute = 60_000;

describe("the starts that nobody looked at", () => {
  const found = (cron: string, first: string, now: string) => pastStarts({ cron, timeZone: "UTC" }, at(first), at(now));

  it("are all of them, both ends included, where they are few", () => {
    expect(found("0 * * * *", "2027-01-01T00:00", "2027-01-01T03:00").map(iso)).toEqual([
      "2027-01-01T00:00",
      "2027-01-01T01:00",
      "2027-01-01T02:00",
      "2027-01-01T03:00",
    ]);
    expect(found("0 0 1 1 *", "2027-01-02T00:00", "2027-03-01T00:00")).toEqual([]);
  });

  it.each([
    ["in the month before the last", "* * * 1 *", "2027-01-20T00:00", "2027-03-01T00:00", "2027-01-31T23:59"],
    ["in one month of years", "* * * 1 *", "2017-01-20T00:00", "2027-11-20T12:00", "2027-01-31T23:59"],
    ["on one day of four years", "* * 29 2 *", "2020-01-01T00:00", "2027-11-20T12:00", "2024-02-29T23:59"],
    ["in half of a year", "* * * 1-6 *", "2020-01-01T00:00", "2027-12-31T12:00", "2027-06-30T23:59"],
    ["every minute of years", "* * * * *", "2020-01-01T00:00", "2027-12-31T12:00", "2027-12-31T12:00"],
  ])("are the newest four hundred, one a minute, of a long absence: %s", (_where, cron, first, now, last) => {
    const starts = found(cron, first, now);
    expect(starts).toHaveLength(400);
    expect(iso(starts.at(-1))).toBe(last);
    expect((starts.at(-1) ?? 0) - (starts[0] ?? 0)).toBe(399 * minute);
  });
});

import { describe, expect, it, vi } from "vitest";
import { clockChanges, instantOfWallTime, wallTimeAt } from "#lib/domain/zone-time";
import { type ClockNote, clockNotes } from "./clock-notes.ts";
import { parseCron } from "./expression.ts";
import { nextStart, nextStarts, startsBetween } from "./starts.ts";

const at = (text: string) => Date.parse(`${text}Z`);
const iso = (ms: number) => new Date(ms).toISOString().slice(0, 16);
const day = 86_400_000;

/** The minutes from one wall time up to another, exclusive. */
function range(from: number, to: number): number[] {
  return Array.from({ length: (to - from) / 60_000 }, (_, index) => from + index * 60_000);
}

function starts(cron: string, timeZone: string, after: string, count: number): string[] {
  return nextStarts({ cron, timeZone }, at(after), count).map(iso);
}

describe("clocks that change", () => {
  it.each([
    [
      "Europe/Berlin, forward: 02:30 starts when the clocks go on",
      "30 2 * * *",
      "Europe/Berlin",
      "2027-03-27T00:00",
      ["2027-03-27T01:30", "2027-03-28T01:00", "2027-03-29T00:30"],
    ],
    [
      "Europe/Berlin, back: 02:30 starts the first time only",
      "30 2 * * *",
      "Europe/Berlin",
      "2026-10-24T00:00",
      ["2026-10-24T00:30", "2026-10-25T00:30", "2026-10-26T01:30"],
    ],
    [
      "America/New_York, forward",
      "30 2 * * *",
      "America/New_York",
      "2027-03-13T00:00",
      ["2027-03-13T07:30", "2027-03-14T07:00", "2027-03-15T06:30"],
    ],
    [
      "America/New_York, back",
      "30 1 * * *",
      "America/New_York",
      "2027-11-06T00:00",
      ["2027-11-06T05:30", "2027-11-07T05:30", "2027-11-08T06:30"],
    ],
    [
      "Australia/Lord_Howe, half an hour forward",
      "15 2 * * *",
      "Australia/Lord_Howe",
      "2026-10-02T00:00",
      ["2026-10-02T15:45", "2026-10-03T15:30", "2026-10-04T15:15"],
    ],
    [
      "Australia/Lord_Howe, half an hour back",
      "45 1 * * *",
      "Australia/Lord_Howe",
      "2027-04-02T00:00",
      ["2027-04-02T14:45", "2027-04-03T14:45", "2027-04-04T15:15"],
    ],
    [
      "in a gap, all that fall into it are one",
      "*/15 * * * *",
      "Europe/Berlin",
      "2027-03-28T00:40",
      ["2027-03-28T00:45", "2027-03-28T01:00", "2027-03-28T01:15"],
    ],
    [
      "hours that are named start nothing again in one that is shown twice",
      "0,30 1-3 * * *",
      "Europe/Berlin",
      "2026-10-24T23:15",
      ["2026-10-24T23:30", "2026-10-25T00:00", "2026-10-25T00:30", "2026-10-25T02:00"],
    ],
    ["all hours but one are named hours", "0 0-22 * * *", "Europe/Berlin", "2026-10-24T23:30", ["2026-10-25T00:00", "2026-10-25T02:00"]],
    [
      "every hour starts in both that show the same, Europe/Berlin",
      "0 * * * *",
      "Europe/Berlin",
      "2026-10-24T23:30",
      ["2026-10-25T00:00", "2026-10-25T01:00", "2026-10-25T02:00", "2026-10-25T03:00"],
    ],
    [
      "every hour, written as all twenty-four",
      "10 0-23 * * *",
      "Europe/Berlin",
      "2026-10-24T23:30",
      ["2026-10-25T00:10", "2026-10-25T01:10", "2026-10-25T02:10"],
    ],
    [
      "every fifteen minutes, America/New_York",
      "*/15 * * * *",
      "America/New_York",
      "2027-11-07T05:40",
      ["2027-11-07T05:45", "2027-11-07T06:00", "2027-11-07T06:15", "2027-11-07T06:30", "2027-11-07T06:45", "2027-11-07T07:00"],
    ],
    [
      "every half hour, Australia/Lord_Howe, where half an hour comes twice",
      "*/30 * * * *",
      "Australia/Lord_Howe",
      "2027-04-03T13:45",
      ["2027-04-03T14:00", "2027-04-03T14:30", "2027-04-03T15:00", "2027-04-03T15:30", "2027-04-03T16:00"],
    ],
    [
      "clocks that go back over midnight",
      "*/30 * * * *",
      "America/St_Johns",
      "2010-11-07T01:45",
      ["2010-11-07T02:00", "2010-11-07T02:30", "2010-11-07T03:00", "2010-11-07T03:30", "2010-11-07T04:00"],
    ],
  ])("%s", (_what, cron, timeZone, after, expected) => {
    expect(starts(cron, timeZone, after, expected.length)).toEqual(expected);
  });

  it.each(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])(
    "%s: a year of a daily time has 365 starts, each later than the one before",
    (timeZone) => {
      for (const cron of ["30 2 * * *", "45 1 * * *", "0 0 * * *"]) {
        const found = startsBetween({ cron, timeZone }, at("2026-12-31T12:00"), at("2027-12-31T12:00"), 1000);
        expect(found).toHaveLength(365);
        expect(found.every((time, index) => index === 0 || time > (found[index - 1] ?? 0))).toBe(true);
      }
    },
  );

  it.each(
    ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"].flatMap((timeZone) =>
      ["*/15 * * * *", "37 * * * *", "0,45 0-23 * * *", "*/5 * * * 0"].map((cron) => [cron, timeZone] as const),
    ),
  )("%s in %s: starts whenever the clocks show it, also the second time, each later than the one before", (cron, timeZone) => {
    const series = parseCron(cron);
    const minutes = new Set(series.times.map((time) => (time / 60_000) % 60));
    const matches = (wall: number) =>
      minutes.has((wall / 60_000) % 60) && series.dayFrom(Math.floor(wall / day) * day) === Math.floor(wall / day) * day;
    const changes = clockChanges(timeZone, at("2027-01-01T00:00"), at("2028-01-01T00:00"));
    expect(changes.map(({ change }) => change).toSorted()).toEqual(["gap", "repeat"]);
    for (const { at: changed, change, wallFrom, wallTo } of changes) {
      const [from, until] = [changed - day, changed + day];
      const expected = new Set<number>();
      for (let minute = from + 60_000; minute <= until; minute += 60_000) {
        const isLeftOut = change === "gap" && minute === changed && range(wallFrom, wallTo).some(matches);
        if (isLeftOut || matches(wallTimeAt(timeZone, minute))) expected.add(minute);
      }
      const found = startsBetween({ cron, timeZone }, from, until, 100_000);
      expect({ tooMany: found.filter((start) => !expected.has(start)).map(iso), found: found.length }).toEqual({
        tooMany: [],
        found: expected.size,
      });
      // From one to the next, as a schedule goes.
      const near = found.filter((start) => Math.abs(start - changed) <= 2 * 3_600_000);
      expect(near.slice(0, -1).map((start) => nextStart({ cron, timeZone }, start))).toEqual(near.slice(1));
    }
  });

  it.each([
    ["17 */5 * * *", "Europe/Berlin"],
    ["*/10 1-3 * * *", "America/New_York"],
    ["5,35 0-4 1-8 3,4,10,11 *", "Australia/Lord_Howe"],
    ["0 0 31 * *", "Europe/Berlin"],
    ["30 23 L * 5", "America/New_York"],
    ["0 12 15W * *", "Africa/Cairo"],
  ])("%s in %s: the same starts as going through a year minute by minute", (cron, timeZone) => {
    const series = parseCron(cron);
    const from = at("2027-01-01T00:00");
    const expected = new Set<number>();
    for (let midnight = series.dayFrom(from); midnight !== null && midnight < from + 366 * day; midnight = series.dayFrom(midnight + day)) {
      for (const time of series.times) expected.add(instantOfWallTime(timeZone, midnight + time).at);
    }
    const found: number[] = [];
    for (
      let next = nextStart({ cron, timeZone }, from + day);
      next !== null && next < from + 360 * day;
      next = nextStart({ cron, timeZone }, next)
    )
      found.push(next);
    expect(found).toEqual([...expected].filter((time) => time > from + day && time < from + 360 * day));
  });

  it("are told beforehand: which wall times they touch, and when these start all the same", () => {
    const notes = clockNotes({ cron: "30 2 * * *", timeZone: "Europe/Berlin" }, at("2026-11-22T00:00"));
    const told = (note: ClockNote) => [iso(note.at), note.change, note.wallTime, iso(note.startsAt), note.againAt && iso(note.againAt)];
    expect(notes.map(told)).toEqual([
      ["2027-03-28T01:00", "gap", "02:30", "2027-03-28T01:00", null],
      ["2027-10-31T01:00", "repeat", "02:30", "2027-10-31T00:30", null],
    ]);
    expect(clockNotes({ cron: "30 * * * *", timeZone: "Europe/Berlin" }, at("2026-11-22T00:00")).map(told)).toEqual([
      ["2027-03-28T01:00", "gap", "02:30", "2027-03-28T01:00", null],
      ["2027-10-31T01:00", "repeat", "02:30", "2027-10-31T00:30", "2027-10-31T01:30"],
    ]);
    expect(clockNotes({ cron: "0 12 * * *", timeZone: "Europe/Berlin" }, at("2026-11-22T00:00"))).toEqual([]);
    const many = clockNotes({ cron: "* * * * *", timeZone: "Europe/Berlin" }, at("2026-11-22T00:00"));
    expect(many.map(({ change }) => change)).toEqual([...Array<string>(4).fill("gap"), ...Array<string>(4).fill("repeat")]);
  });

  it("are told from the very moment on that is asked about, whatever was asked before on that day", () => {
    const berlin = { cron: "30 2 * * *", timeZone: "Europe/Berlin" };
    const changesFrom = (from: string) => clockNotes(berlin, at(from)).map((note) => iso(note.at));
    for (const from of [
      "2027-03-28T00:00",
      "2027-03-28T00:59",
      "2027-03-28T01:00",
      "2027-03-28T23:00",
      "2027-10-31T00:59",
      "2027-10-31T01:00",
    ])
      expect(changesFrom(from)).toEqual(clockChanges(berlin.timeZone, at(from), at(from) + 366 * day).map((change) => iso(change.at)));
    expect(changesFrom("2027-03-28T00:59")).toEqual(["2027-03-28T01:00", "2027-10-31T01:00", "2028-03-26T01:00"]);
    expect(changesFrom("2027-03-28T01:00")).toEqual(["2027-10-31T01:00", "2028-03-26T01:00"]);
  });

  it("cost a list of schedules that is asked for again next to nothing", () => {
    const looked = vi.spyOn(Intl.DateTimeFormat.prototype as { readonly format: unknown }, "format", "get");
    const list = (from: string) => {
      looked.mockClear();
      for (let minute = 0; minute < 50; minute += 1) {
        const timetable = { cron: `${minute} 12 * * 1`, timeZone: "America/Santiago" };
        expect(nextStarts(timetable, at(from), 5)).toHaveLength(5);
        clockNotes(timetable, at(from));
      }
      return looked.mock.calls.length;
    };
    list("2027-01-04T08:00");
    // Once for each: what the clocks show now.
    expect(list("2027-01-04T08:30")).toBe(50);
    looked.mockRestore();
  });
});

describe("days that not every month has", () => {
  it.each([
    [
      "the 31st comes seven times a year, and no other day stands in for it",
      "0 0 31 * *",
      "2027-01-01T00:00",
      [
        "2027-01-31T00:00",
        "2027-03-31T00:00",
        "2027-05-31T00:00",
        "2027-07-31T00:00",
        "2027-08-31T00:00",
        "2027-10-31T00:00",
        "2027-12-31T00:00",
        "2028-01-31T00:00",
      ],
    ],
    [
      "L is every month's last day",
      "0 3 L * *",
      "2027-12-31T04:00",
      ["2028-01-31T03:00", "2028-02-29T03:00", "2028-03-31T03:00", "2028-04-30T03:00"],
    ],
    ["29 February comes with leap years", "0 0 29 2 *", "2026-01-01T00:00", ["2028-02-29T00:00", "2032-02-29T00:00"]],
    ["a daily time has the leap day, too", "0 4 * * *", "2028-02-28T00:00", ["2028-02-28T04:00", "2028-02-29T04:00", "2028-03-01T04:00"]],
    ["the last Friday", "0 0 * * 5#L", "2027-01-01T12:00", ["2027-01-29T00:00", "2027-02-26T00:00"]],
    ["Sunday is 0 and 7", "30 23 * * 7", "2026-11-22T12:00", ["2026-11-22T23:30", "2026-11-29T23:30"]],
  ])("%s", (_what, cron, after, expected) => {
    expect(starts(cron, "UTC", after, expected.length)).toEqual(expected);
  });
});

describe("what cannot be read", () => {
  it.each([
    "",
    "* * * *",
    "* * * * * *",
    "@daily",
    "61 * * * *",
    "0 24 * * *",
    "0 0 32 * *",
    "0 0 1 13 *",
    "a b c d e",
    "*/0 * * * *",
    "5-1 * * * *",
  ])("is refused with its reason: %j", (cron) => {
    expect(() => parseCron(cron)).toThrow(
      expect.objectContaining({ code: "cron-invalid", params: { cron: cron.trim(), detail: expect.stringMatching(/\w/) } }),
    );
  });

  it("a day that no calendar has is told as such", () => {
    expect(() => parseCron("0 0 30 2 *")).toThrow(expect.objectContaining({ code: "cron-never", params: { cron: "0 0 30 2 *" } }));
  });
});

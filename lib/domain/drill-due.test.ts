import { describe, expect, it } from "vitest";
import { type DueFacts, dueState, isUnderWay, nextDue, nextDueAfter, nextDueAfterFailure } from "./drill-due.ts";

const facts: DueFacts = {
  enabled: true,
  nextDueAt: new Date("2026-05-20T08:00:00Z"),
  graceDays: 3,
  cadence: { unit: "months", every: 1 },
  hasBackup: true,
  isUnderWay: false,
};
const at = (day: string) => new Date(`2026-05-${day}T08:00:00Z`);

describe("dueState", () => {
  it("says a week ahead that a monthly drill comes, and three days late that it is overdue", () => {
    expect(["12", "13", "19", "20", "23", "24"].map((day) => dueState(facts, at(day)))).toEqual([
      "ok",
      "due-soon",
      "due-soon",
      "due",
      "due",
      "overdue",
    ]);
  });

  it("announces a daily drill only hours ahead", () => {
    const daily = { ...facts, cadence: { unit: "days", every: 1 } } as const;
    expect(dueState(daily, new Date("2026-05-20T01:00:00Z"))).toBe("ok");
    expect(dueState(daily, new Date("2026-05-20T03:00:00Z"))).toBe("due-soon");
  });

  it("is under way while something happened within a day", () => {
    expect(isUnderWay(at("19"), at("20"))).toBe(true);
    expect(isUnderWay(at("19"), new Date("2026-05-20T08:00:01Z"))).toBe(false);
  });

  it("is running while a drill is under way, and nothing while switched off or without a backup", () => {
    expect(dueState({ ...facts, isUnderWay: true, enabled: false }, at("24"))).toBe("running");
    expect(dueState({ ...facts, enabled: false }, at("24"))).toBe("none");
    expect(dueState({ ...facts, hasBackup: false }, at("24"))).toBe("none");
  });
});

describe("nextDue", () => {
  it("counts days and weeks, and keeps the day of the month where the month has it", () => {
    expect(nextDue({ unit: "days", every: 3 }, at("30")).toISOString()).toBe("2026-06-02T08:00:00.000Z");
    expect(nextDue({ unit: "weeks", every: 2 }, at("20")).toISOString()).toBe("2026-06-03T08:00:00.000Z");
    expect(nextDue({ unit: "months", every: 1 }, new Date("2027-01-31T23:00:00Z")).toISOString()).toBe("2027-02-28T23:00:00.000Z");
    expect(nextDue({ unit: "months", every: 25 }, new Date("2028-02-29T00:00:00Z")).toISOString()).toBe("2030-03-29T00:00:00.000Z");
  });
});

describe("nextDueAfterFailure", () => {
  it("asks again in seven days at the latest, sooner when the cadence says so", () => {
    const now = at("20");
    expect(nextDueAfterFailure({ unit: "months", every: 1 }, now, now)).toEqual(at("27"));
    expect(nextDueAfterFailure({ unit: "days", every: 2 }, now, now)).toEqual(at("22"));
    expect(nextDueAfterFailure({ unit: "weeks", every: 1 }, at("18"), now)).toEqual(at("25"));
  });
});

describe("nextDueAfter", () => {
  const monthly = { unit: "months", every: 1 } as const;

  it("keeps the day of a drill that was late, past every date that was missed", () => {
    expect(nextDueAfter(monthly, at("20"), at("22")).toISOString()).toBe("2026-06-20T08:00:00.000Z");
    expect(nextDueAfter(monthly, at("20"), new Date("2026-09-01T00:00:00Z")).toISOString()).toBe("2026-09-20T08:00:00.000Z");
  });

  it("counts from a drill that came early", () => {
    expect(nextDueAfter(monthly, at("20"), at("18")).toISOString()).toBe("2026-06-18T08:00:00.000Z");
  });
});

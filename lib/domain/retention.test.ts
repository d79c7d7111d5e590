import { describe, expect, test } from "vitest";
import { decide, type RetentionCandidate, type RetentionDecision } from "./retention.ts";
import { monthsBefore } from "./retention-keep.ts";
import type { RetentionRule, SimpleRule } from "./retention-rule.ts";

const day = (number: number) => new Date(Date.UTC(2026, 0, 1, 23) + number * 86_400_000);

const backup = (number: number, change: Partial<RetentionCandidate> = {}): RetentionCandidate => ({
  id: `b${String(number).padStart(3, "0")}`,
  kind: "full",
  snapshotAt: day(number),
  madeAt: change.snapshotAt ?? day(number),
  storedBytes: 10,
  good: true,
  verified: false,
  proven: false,
  pinned: false,
  inUse: false,
  imported: false,
  ...change,
});
const days = (count: number, change: Partial<RetentionCandidate> = {}) =>
  Array.from({ length: count }, (_, index) => backup(index + 1, change));
const rule = (...keep: SimpleRule[]): RetentionRule => ({ keep, capBytes: null });
const last = (keep: number) => rule({ type: "keep-last", keep });
const gone = (decisions: readonly RetentionDecision[]) => decisions.filter((each) => each.verdict === "trash").map((each) => each.id);
const reasonOf = (decisions: readonly RetentionDecision[], id: string) => decisions.find((each) => each.id === id)?.reason;
const later = { now: day(100) };

describe("what a policy keeps", () => {
  test("the last N: what lies beyond goes, and nothing while there are no more", () => {
    const decisions = decide(days(5), [], last(3), later);
    expect(gone(decisions)).toEqual(["b001", "b002"]);
    expect(reasonOf(decisions, "b001")).toBe("beyond-count");
    expect(gone(decide(days(3), [], last(3), later))).toEqual([]);
  });

  test("so many days count from the newest good backup: a month without a good run removes nothing", () => {
    const some = days(20);
    const keepDays = rule({ type: "keep-days", days: 7 });
    const fresh = decide(some, [], keepDays, { now: day(20) });
    expect(gone(fresh)).toEqual(some.slice(0, 13).map(({ id }) => id));
    const failing = Array.from({ length: 30 }, (_, index) => backup(21 + index, { good: false }));
    const month = decide([...some.slice(13), ...failing], [], keepDays, { now: day(51) });
    expect(gone(month)).toEqual([]);
    expect(reasonOf(month, "b050")).toBe("too-few");
    expect(gone(decide(failing, [], keepDays, { now: day(200) }))).toEqual([]);
  });

  test("each kind by its own age, and a full as long as something that stays needs it", () => {
    const some = [
      backup(0),
      backup(1, { kind: "incremental" }),
      backup(30, { kind: "differential" }),
      backup(31),
      backup(32, { kind: "incremental" }),
      backup(40, { kind: "incremental" }),
    ];
    const perKind = rule({ type: "per-kind", fullMonths: 1, differentialWeeks: 8, incrementalDays: 7 });
    const needs = [
      { backupId: "b001", needsId: "b000" },
      { backupId: "b030", needsId: "b000" },
      { backupId: "b032", needsId: "b031" },
      { backupId: "b040", needsId: "b031" },
    ];
    const decisions = decide(some, needs, perKind, { now: day(40) });
    expect(gone(decisions)).toEqual(["b001", "b032"]);
    expect(decisions[0]).toEqual({ id: "b000", verdict: "keep", reason: "needed", neededBy: "b030" });
    expect(reasonOf(decisions, "b031")).toBe("within-time");
  });

  test("grandfather, father, son: the newest of each day, week from Monday and month that has one", () => {
    // 1 January 2026 is a Thursday; a gap of ten days costs no slot.
    const some = days(60).filter(({ id }) => id < "b030" || id > "b039");
    const decisions = decide(some, [], rule({ type: "gfs", daily: 3, weekly: 3, monthly: 3 }), later);
    const kept = decisions.filter(({ verdict }) => verdict === "keep").map(({ id, reason }) => `${id} ${reason}`);
    // Day 60 is 2 March, a Monday; the weeks before end on the Sundays 1 March and 22 February; months end on 28 February and 31 January.
    expect(kept).toEqual(["b029 monthly", "b052 weekly", "b058 daily", "b059 daily", "b060 last-good"]);
    expect(reasonOf(decisions, "b051")).toBe("no-slot");
  });

  test("two of one day: the newer stays", () => {
    const some = [backup(1), backup(2, { id: "morning", snapshotAt: new Date(day(2).getTime() - 12 * 3_600_000) }), backup(2), backup(3)];
    expect(gone(decide(some, [], rule({ type: "gfs", daily: 2, weekly: 0, monthly: 0 }), later))).toEqual(["b001", "morning"]);
  });

  test("a size cap lets the oldest go first, never what is protected, and a base only with all that need it", () => {
    const capped: RetentionRule = { keep: [], capBytes: 35 };
    const decisions = decide(days(5), [], capped, later);
    expect(gone(decisions)).toEqual(["b001", "b002"]);
    expect(reasonOf(decisions, "b001")).toBe("over-cap");
    expect(reasonOf(decisions, "b003")).toBe("fits");
    const needs = [{ backupId: "b003", needsId: "b001" }];
    // The third costs its base as well, so both go.
    expect(gone(decide(days(5), needs, capped, later))).toEqual(["b001", "b002", "b003"]);
    expect(gone(decide([backup(1, { pinned: true }), ...days(4).slice(1)], [], { keep: [], capBytes: 1 }, later))).toEqual([
      "b002",
      "b003",
    ]);
    const both = decide(days(9), [], { keep: [{ type: "keep-last", keep: 5 }], capBytes: 35 }, later);
    expect([reasonOf(both, "b004"), reasonOf(both, "b005"), reasonOf(both, "b006")]).toEqual(["beyond-count", "over-cap", "over-cap"]);
  });

  test("failed ones never count: they make no room, stay as long as a good one would, and go when a newer good one is there", () => {
    const some = [backup(1), backup(2), backup(3, { good: false }), backup(4), backup(5, { good: false })];
    expect(gone(decide(some, [], last(3), later))).toEqual([]);
    const decisions = decide([...some, backup(6)], [], last(2), later);
    expect(gone(decisions)).toEqual(["b001", "b002", "b003"]);
    expect(reasonOf(decisions, "b003")).toBe("not-good");
  });

  test("pinned, in use, imported, the last good, the last verified and the last proven one stay, and say why", () => {
    const some = [
      backup(1, { pinned: true }),
      backup(2, { inUse: true }),
      backup(3, { imported: true }),
      backup(4, { proven: true, verified: true }),
      backup(5, { verified: true }),
      backup(6, { verified: true, good: false }),
      backup(7),
      backup(8),
    ];
    const decisions = decide(some, [], last(1), later);
    expect(gone(decisions)).toEqual(["b006", "b007"]);
    expect(["b001", "b002", "b003", "b004", "b005", "b008"].map((id) => reasonOf(decisions, id))).toEqual([
      "pinned",
      "in-use",
      "imported",
      "last-proven",
      "last-verified",
      "last-good",
    ]);
  });

  test("without a policy everything stays", () => {
    expect(gone(decide(days(500), [], null, later))).toEqual([]);
  });
});

describe("clocks", () => {
  test("one that went back removes nothing; one ahead finds nothing older than the newest good backup made it", () => {
    const keepDays = rule({ type: "keep-days", days: 7 });
    const back = decide(days(20), [], keepDays, { now: day(-345) });
    expect(gone(back)).toEqual([]);
    expect(reasonOf(back, "b001")).toBe("clock");
    expect(gone(decide(days(7), [], keepDays, { now: day(3650) }))).toEqual([]);
  });

  test("of a server's clock that was wrong and the catalogue's, the one that keeps more decides", () => {
    const back = [...days(4), backup(-365, { id: "last", madeAt: day(5) })];
    expect(gone(decide(back, [], last(2), later))).toEqual(["b001", "b002"]);
    const ahead = [backup(365, { id: "ahead", madeAt: day(1) }), ...days(30).slice(1)];
    const daily = decide(ahead, [], rule({ type: "gfs", daily: 5, weekly: 0, monthly: 0 }), later);
    expect(daily.filter(({ verdict }) => verdict === "keep").map(({ id }) => id)).toEqual([
      "ahead",
      "b026",
      "b027",
      "b028",
      "b029",
      "b030",
    ]);
  });

  test.each([
    ["2026-03-31T02:00:00Z", 1, "2026-02-28T02:00:00Z"],
    ["2028-03-31T02:00:00Z", 1, "2028-02-29T02:00:00Z"],
    ["2028-02-29T23:59:59Z", 12, "2027-02-28T23:59:59Z"],
    ["2026-01-15T00:00:00Z", 2, "2025-11-15T00:00:00Z"],
    ["2026-01-15T00:00:00Z", 0, "2026-01-15T00:00:00Z"],
  ])("%s less %i months is %s", (from, months, to) => {
    expect(new Date(monthsBefore(Date.parse(from), months)).toISOString()).toBe(new Date(to).toISOString());
  });
});

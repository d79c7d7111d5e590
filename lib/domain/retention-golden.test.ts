import { expect, test } from "vitest";
import { type PlannedBackup, simulate, type SimulatedDay } from "./retention-simulate.ts";
import type { RetentionRule } from "./retention-rule.ts";

const dayMs = 86_400_000;
const start = Date.UTC(2026, 0, 1, 12);
const twoYears = 730;

/** The recommended schedules in UTC: full on day 1 at 00:00, differential on Sunday at 23:30, incremental daily at 23:00. */
function recommended(): PlannedBackup[] {
  const planned: PlannedBackup[] = [];
  for (let day = 0; day <= twoYears; day += 1) {
    const midnight = start - dayMs / 2 + day * dayMs;
    const date = new Date(midnight);
    if (date.getUTCDate() === 1 && midnight > start) planned.push({ at: date, kind: "full", storedBytes: 1_000 });
    planned.push({ at: new Date(midnight + 23 * 3_600_000), kind: "incremental", storedBytes: 10 });
    if (date.getUTCDay() === 0) planned.push({ at: new Date(midnight + 23.5 * 3_600_000), kind: "differential", storedBytes: 100 });
  }
  return planned;
}

const daily = (): PlannedBackup[] =>
  Array.from({ length: twoYears + 1 }, (_, day) => ({ at: new Date(start + (day + 11 / 24) * dayMs), kind: "full", storedBytes: 1_000 }));

function simulated(planned: PlannedBackup[], rule: RetentionRule): SimulatedDay[] {
  const days: SimulatedDay[] = [];
  const simulation = { candidates: [], needs: [], rule, now: new Date(start), planned, verifies: true, graceDays: 3 };
  for (const day of simulate(simulation)) {
    days.push(day);
    if (day.day === twoYears) break;
  }
  return days;
}

/** The course of two years, a line every four weeks, and what is there at the end, each with its reason. */
function told(days: readonly SimulatedDay[]): string {
  const course = days
    .filter(({ day }) => day % 28 === 0)
    .map(({ at, backups, storedBytes }) => `${at.toISOString().slice(0, 10)}  ${backups} backups, ${storedBytes} bytes`);
  const last = days.at(-1)!;
  const candidateOf = new Map(last.candidates.map((each) => [each.id, each]));
  const end = last.decisions.map((decision) => {
    const { kind, snapshotAt } = candidateOf.get(decision.id)!;
    const neededBy = decision.verdict === "keep" && decision.neededBy !== null ? candidateOf.get(decision.neededBy) : undefined;
    const by = neededBy === undefined ? "" : ` by ${neededBy.kind} of ${neededBy.snapshotAt.toISOString().slice(0, 10)}`;
    return `${snapshotAt.toISOString().slice(0, 16)} ${kind} ${decision.verdict}: ${decision.reason}${by}`;
  });
  return [...course, "", ...end, ""].join("\n");
}

test.each([
  ["per-kind", recommended, { type: "per-kind", fullMonths: 12, differentialWeeks: 8, incrementalDays: 7 }],
  ["gfs", daily, { type: "gfs", daily: 14, weekly: 8, monthly: 12 }],
  ["gfs-chains", recommended, { type: "gfs", daily: 14, weekly: 8, monthly: 12 }],
  ["last-20", daily, { type: "keep-last", keep: 20 }],
] as const)("two years of the default policy %s are as they were written down", async (name, planned, rule) => {
  const days = simulated(planned(), { keep: [rule], capBytes: null });
  await expect(told(days)).toMatchFileSnapshot(`./retention-golden.${name}.txt`);
});

import type { z } from "zod";
import type { getCalendar, SlotDto } from "#lib/contracts/schedules";
import { dayKey } from "#lib/format/time";
import { fromWallTime } from "../timeline/zoned-time.ts";

const dayMs = 86_400_000;

/** A month so many months from another: `2026-11` and 2 are `2027-01`. */
export function monthAfter(month: string, count: number): string {
  const [year = 0, index = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, index - 1 + count, 1)).toISOString().slice(0, 7);
}

/** The days of a month: `2026-11-01` to `2026-11-30`. */
export function daysOfMonth(month: string): string[] {
  const [year = 0, index = 1] = month.split("-").map(Number);
  const count = new Date(Date.UTC(year, index, 0)).getUTCDate();
  return Array.from({ length: count }, (_, day) => `${month}-${String(day + 1).padStart(2, "0")}`);
}

/** A month as weeks from Monday; null before its first day and after its last. */
export function weeksOf(month: string): (string | null)[][] {
  const days = daysOfMonth(month);
  const before = (new Date(`${days[0] ?? ""}T00:00:00Z`).getUTCDay() + 6) % 7;
  const cells = [...Array.from({ length: before }, () => null), ...days];
  const after = (7 - (cells.length % 7)) % 7;
  const all = [...cells, ...Array.from({ length: after }, () => null)];
  return Array.from({ length: all.length / 7 }, (_, week) => all.slice(week * 7, week * 7 + 7));
}

/** The instants between which the reader's month lies. */
export function monthRange(month: string, timeZone: string): { readonly from: string; readonly to: string } {
  return { from: startOf(`${month}-01`, timeZone), to: startOf(`${monthAfter(month, 1)}-01`, timeZone) };
}

/** The instants between which the reader's day lies. */
export function dayRange(day: string, timeZone: string): { readonly from: string; readonly to: string } {
  return { from: startOf(day, timeZone), to: startOf(movedDay(day, "right"), timeZone) };
}

function startOf(day: string, timeZone: string): string {
  return fromWallTime(`${day}T00:00`, timeZone) ?? `${day}T00:00:00.000Z`;
}

export const countNames = ["failed", "missed", "active", "done", "planned", "skipped"] as const;
export type DayCounts = Readonly<Record<(typeof countNames)[number], number>>;
export const noCounts: DayCounts = { failed: 0, missed: 0, active: 0, done: 0, planned: 0, skipped: 0 };

/** `slots` is null where they are to be asked for. */
export type CalendarDay = { readonly day: string; readonly slots: readonly SlotDto[] | null; readonly counts: DayCounts };

/**
 * The slots of each day as the reader's clocks have them, in order of time. Of an answer that was cut, the numbers alone: some of its days would have no
 * slots, and one only a part of them.
 */
export function daysOfAnswer(month: string, answer: z.output<typeof getCalendar.response>, timeZone: string): CalendarDay[] {
  if (answer.truncated) {
    const counted = new Map(answer.days.map(({ day, ...counts }) => [day, { ...counts, planned: counts.planned - counts.active }]));
    return daysOfMonth(month).map((day) => ({ day, slots: null, counts: counted.get(day) ?? noCounts }));
  }
  const byDay = Map.groupBy(answer.items, ({ nominalAt }) => dayKey(nominalAt, timeZone));
  return daysOfMonth(month).map((day) => {
    const own = (byDay.get(day) ?? []).toSorted(
      (a, b) => a.nominalAt.localeCompare(b.nominalAt) || a.sourceName.localeCompare(b.sourceName),
    );
    return { day, slots: own, counts: countsOf(own) };
  });
}

export function countsOf(slots: readonly Pick<SlotDto, "state">[]): DayCounts {
  const counts = { ...noCounts };
  for (const { state } of slots) counts[state === "waiting" || state === "started" ? "active" : state] += 1;
  return counts;
}

/** Whether anything is counted on a day. */
export function isBusy({ counts }: { readonly counts: DayCounts }): boolean {
  return countNames.some((name) => counts[name] > 0);
}

export function sumOf(days: readonly { readonly counts: DayCounts }[]): DayCounts {
  const sum = { ...noCounts };
  for (const { counts } of days) for (const name of countNames) sum[name] += counts[name];
  return sum;
}

export type DayMove = "left" | "right" | "up" | "down" | "home" | "end" | "page-up" | "page-down";

/** The day that a key leads to; it may lie in another month. Home and End stay in the week, pages keep the day where the month has it. */
export function movedDay(day: string, move: DayMove): string {
  const by = (days: number): string => new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
  const weekday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
  switch (move) {
    case "left":
      return by(-1);
    case "right":
      return by(1);
    case "up":
      return by(-7);
    case "down":
      return by(7);
    case "home":
      return by(-weekday);
    case "end":
      return by(6 - weekday);
    case "page-up":
    case "page-down": {
      const days = daysOfMonth(monthAfter(day.slice(0, 7), move === "page-up" ? -1 : 1));
      return days[Math.min(days.length, Number(day.slice(8))) - 1] ?? day;
    }
  }
}

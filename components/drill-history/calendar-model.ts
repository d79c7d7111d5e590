import type { CalendarSourceDto } from "#lib/contracts/drill-history";
import { dayKey } from "#lib/format/time";

type Drill = CalendarSourceDto["drills"][number];

/** Three a month, so that a mark has room on a phone and a weekly drill still has one of its own nearly always. */
export const slotsOfYear = 36;

/** The drills of a third of a month. `shown` is what its mark shows: the worst verdict, because that is what a look must not miss. */
export type CalendarMark = {
  readonly slot: number;
  readonly drills: readonly Drill[];
  readonly shown: `verdict.${NonNullable<Drill["verdict"]>}` | `drill.${Drill["state"]}`;
};

const severity = { failed: 3, "passed-with-findings": 2, passed: 1 } as const;

/** The third of a month that an instant lies in, in the reader's zone: 0 to 35. What the zone moves over the year's edge stays at it. */
export function slotOf(at: string, year: number, timeZone: string): number {
  const [own = "", month = "", day = ""] = dayKey(at, timeZone).split("-");
  if (Number(own) < year) return 0;
  if (Number(own) > year) return slotsOfYear - 1;
  return (Number(month) - 1) * 3 + Math.min(2, Math.floor((Number(day) - 1) / 10));
}

/** A mark for each third of a month that has drills, in order. */
export function marksOf(drills: readonly Drill[], year: number, timeZone: string): CalendarMark[] {
  const bySlot = Map.groupBy(drills, ({ at }) => slotOf(at, year, timeZone));
  return [...bySlot.entries()]
    .sort(([a], [b]) => a - b)
    .flatMap(([slot, members]) => {
      const worst = members.toSorted((a, b) => weight(b) - weight(a) || b.at.localeCompare(a.at))[0];
      if (worst === undefined) return [];
      return [
        {
          slot,
          drills: members,
          shown: worst.verdict === null ? (`drill.${worst.state}` as const) : (`verdict.${worst.verdict}` as const),
        },
      ];
    });
}

function weight({ verdict }: Drill): number {
  return verdict === null ? 0 : severity[verdict];
}

/** First and last day of what a mark stands for, as the list's filter takes them. */
export function daysOf(mark: CalendarMark, timeZone: string): { readonly from: string; readonly to: string } {
  const days = mark.drills.map(({ at }) => dayKey(at, timeZone)).toSorted();
  return { from: days[0] ?? "", to: days.at(-1) ?? "" };
}

/** Where today lies in the year, 0 to 1 along the slots; null in another year. */
export function todayShare(now: Date, year: number, timeZone: string): number | null {
  const [own = "", month = "", day = ""] = dayKey(now.toISOString(), timeZone).split("-");
  if (Number(own) !== year) return null;
  const daysInMonth = new Date(Date.UTC(year, Number(month), 0)).getUTCDate();
  return (Number(month) - 1 + (Number(day) - 0.5) / daysInMonth) / 12;
}

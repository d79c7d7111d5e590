import { type ClockChange, clockChanges, instantOfWallTime } from "#lib/domain/zone-time";
import { parseCron } from "./expression.ts";
import type { Timetable } from "./starts.ts";

const dayMs = 86_400_000;
const longestList = 8;
/** Of one change, so that the other direction has its place. */
const longestOfChange = 4;

/** A wall time that a change of the clocks leaves out or shows twice, and when it starts all the same. Instants in milliseconds. */
export type ClockNote = {
  readonly at: number;
  readonly change: "gap" | "repeat";
  readonly wallTime: string;
  readonly startsAt: number;
  /** The second start of a wall time that is shown twice, where every hour is named; else null. */
  readonly againAt: number | null;
};

/** How the clock changes of the year after `fromMs` touch a timetable: up to eight wall times, four of a change. Empty in zones that leave their clocks alone. */
export function clockNotes({ cron, timeZone }: Timetable, fromMs: number): ClockNote[] {
  const { dayFrom, times, everyHour } = parseCron(cron);
  const found: ClockNote[] = [];
  for (const { at, change, wallFrom, wallTo } of changesOfYear(timeZone, fromMs)) {
    const most = Math.min(longestList, found.length + longestOfChange);
    let day = dayFrom(Math.floor(wallFrom / dayMs) * dayMs);
    while (day !== null && day < wallTo) {
      for (const time of times) {
        const wall = day + time;
        if (wall < wallFrom || wall >= wallTo || found.length >= most) continue;
        const { at: startsAt, again } = instantOfWallTime(timeZone, wall);
        found.push({ at, change, wallTime: new Date(wall).toISOString().slice(11, 16), startsAt, againAt: everyHour ? again : null });
      }
      day = dayFrom(day + dayMs);
    }
  }
  return found;
}

const known = new Map<string, { readonly day: number; readonly changes: readonly ClockChange[] }>();

/** The changes of the 366 days after an instant. What a zone has is looked up once a day: a list asks for each of its schedules. */
function changesOfYear(zone: string, fromMs: number): ClockChange[] {
  const day = Math.floor(fromMs / dayMs) * dayMs;
  let cached = known.get(zone);
  if (cached?.day !== day) {
    cached = { day, changes: clockChanges(zone, day, day + 367 * dayMs) };
    known.set(zone, cached);
  }
  return cached.changes.filter(({ at }) => at > fromMs && at <= fromMs + 366 * dayMs);
}

import { clockChanges, instantOfWallTime, offsetAt, wallTimeAt } from "#lib/domain/zone-time";
import { type CronSeries, parseCron } from "./expression.ts";

const dayMs = 86_400_000;

/** When: five fields of cron, read on the clocks of a zone. */
export type Timetable = { readonly cron: string; readonly timeZone: string };

/**
 * The starts of a timetable after an instant (exclusive), ascending, each instant once: wall times that fall into a gap start when the clocks go on, all of
 * them together; one that the clocks show twice starts the first time, and where every hour is named the second time, too, as in Vixie cron. Ends where the
 * expression names no further day.
 */
export function* startsAfter({ cron, timeZone }: Timetable, afterMs: number): Generator<number, void> {
  const series = parseCron(cron);
  const { dayFrom, times } = series;
  let last = afterMs;
  // From the midnight of the day that the clocks show: what that day had before is left out below, and the day before may be shown again.
  const today = Math.floor(wallTimeAt(timeZone, afterMs) / dayMs) * dayMs;
  const again = secondStarts(series, timeZone, today - dayMs);
  let day = dayFrom(today);
  while (day !== null) {
    const offset = offsetAt(timeZone, day - dayMs);
    const isPlain = offset === offsetAt(timeZone, day + 2 * dayMs);
    if (!isPlain) again.push(...secondStarts(series, timeZone, day));
    for (const time of times) {
      const at = isPlain ? day + time - offset : instantOfWallTime(timeZone, day + time).at;
      for (let second = again[0]; second !== undefined && second < at; second = again[0]) {
        again.shift();
        if (second <= last) continue;
        last = second;
        yield second;
      }
      if (at <= last) continue;
      last = at;
      yield at;
    }
    day = dayFrom(day + dayMs);
  }
  for (const second of again) if (second > last) yield second;
}

/** Of one day: when the clocks show wall times the second time that start again then, ascending. */
function secondStarts({ dayFrom, times, everyHour }: CronSeries, timeZone: string, day: number): number[] {
  if (!everyHour || dayFrom(day) !== day) return [];
  const repeats = clockChanges(timeZone, day - dayMs, day + 2 * dayMs).filter(({ change }) => change === "repeat");
  return repeats.flatMap(({ wallFrom, wallTo }) =>
    times.flatMap((time) => {
      const wall = day + time;
      return wall >= wallFrom && wall < wallTo ? (instantOfWallTime(timeZone, wall).again ?? []) : [];
    }),
  );
}

/** The next start strictly after an instant, or null. */
export function nextStart(timetable: Timetable, afterMs: number): number | null {
  return startsAfter(timetable, afterMs).next().value ?? null;
}

/** Up to `count` starts after an instant. */
export function nextStarts(timetable: Timetable, afterMs: number, count: number): number[] {
  return startsAfter(timetable, afterMs).take(count).toArray();
}

/** The starts after `afterMs` up to and with `untilMs`, at most `limit` of them. */
export function startsBetween(timetable: Timetable, afterMs: number, untilMs: number, limit: number): number[] {
  const found: number[] = [];
  for (const at of startsAfter(timetable, afterMs)) {
    if (at > untilMs || found.length >= limit) break;
    found.push(at);
  }
  return found;
}

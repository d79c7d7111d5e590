import { startsBetween } from "#lib/cron/starts";
import { activeFrom, type FoundSchedule } from "./dto.ts";
import { readOr } from "./unreadable.ts";

/** Schedules that have the same starts in a range: worked out once, however many sources share them. */
export type PlannedGroup = { readonly found: FoundSchedule[]; readonly starts: readonly number[] };

/** A schedule of every minute, over the longest range that is asked for. */
const mostStarts = 100_000;

/** What enabled schedules are going to start from `fromMs` to `toMs` (exclusive), by the times that have no slot yet; what falls into a pause is left out. */
export function plannedGroups(found: readonly FoundSchedule[], fromMs: number, toMs: number): PlannedGroup[] {
  const groups = new Map<string, PlannedGroup>();
  for (const one of found) {
    const { schedule, source } = one;
    const active = activeFrom(schedule, source, 0);
    if (!schedule.enabled || schedule.nextDueAt === null || active === null) continue;
    const after = Math.max(fromMs - 1, schedule.nextDueAt.getTime() - 1, active);
    const key = `${schedule.cron}/${schedule.timeZone}/${after}`;
    const known = groups.get(key);
    if (known !== undefined) known.found.push(one);
    else groups.set(key, { found: [one], starts: readOr(() => startsBetween(schedule, after, toMs - 1, mostStarts), []) });
  }
  return [...groups.values()];
}

/** The first `limit` planned starts of groups, ascending. */
export function firstPlanned(groups: readonly PlannedGroup[], limit: number): { at: number; found: FoundSchedule }[] {
  const times = groups.flatMap((group) => group.starts.slice(0, limit).map((at) => ({ at, group })));
  const first: { at: number; found: FoundSchedule }[] = [];
  for (const { at, group } of times.toSorted((a, b) => a.at - b.at)) {
    for (const found of group.found) {
      if (first.length >= limit) return first;
      first.push({ at, found });
    }
  }
  return first;
}

import { daysOf, type CalendarMark } from "./calendar-model.ts";

/** Where a mark leads: to its drill, or, of several, to the history of those days. */
export function markHref(mark: CalendarMark, sourceId: string, timeZone: string): string {
  const [first] = mark.drills;
  if (mark.drills.length === 1 && first !== undefined) return `/drills/${first.id}`;
  const { from, to } = daysOf(mark, timeZone);
  return `/drills?source=${sourceId}&from=${from}&to=${to}`;
}

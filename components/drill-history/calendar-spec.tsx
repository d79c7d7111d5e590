import { dayKey } from "#lib/format/time";
import type { DrillCalendarQuery } from "#lib/query/drill-history";
import type { ListValues } from "../data-table/list-state.tsx";

export const calendarSpec = { year: "text", q: "text", as: ["table"] } as const;

/** The calendar's query: the year of the address, where it is one; else the present one in the reader's zone. */
export function calendarQuery(
  { year, q }: ListValues<typeof calendarSpec>,
  now: Date,
  timeZone: string,
): DrillCalendarQuery & { year: number } {
  return { year: yearOf(year, now, timeZone), q: q?.slice(0, 200) };
}

function yearOf(text: string | undefined, now: Date, timeZone: string): number {
  return text !== undefined && /^[2-9]\d{3}$/.test(text) ? Number(text) : Number(dayKey(now.toISOString(), timeZone).slice(0, 4));
}

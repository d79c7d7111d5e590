import { dayKey } from "#lib/format/time";
import { dayRange, monthRange } from "./month-model.ts";

export const calendarSpec = { month: "text", source: "text" } as const;

/** The month of the address (`2026-11`), where it is one; else the present one in the reader's zone. */
export function monthOf(text: string | undefined, now: Date, timeZone: string): string {
  return text !== undefined && /^[2-9]\d{3}-(0[1-9]|1[0-2])$/.test(text) ? text : dayKey(now.toISOString(), timeZone).slice(0, 7);
}

/** A month with more starts than this tells only their numbers: whoever opens a day asks for that day's. */
const mostOfMonth = 300;
/** A schedule of every minute has 1440 starts a day. */
const mostOfDay = 1500;

/** What the page asks for; server and client ask the same. */
export function calendarQueryOf(month: string, source: string | undefined, timeZone: string) {
  return { ...monthRange(month, timeZone), timeZone, limit: mostOfMonth, ...knownSource(source) };
}

/** What an opened day asks for where the month's answer was cut. */
export function dayQueryOf(day: string, source: string | undefined, timeZone: string) {
  return { ...dayRange(day, timeZone), timeZone, limit: mostOfDay, ...knownSource(source) };
}

function knownSource(source: string | undefined): { readonly source?: string } {
  return source !== undefined && /^src_[0-9a-f]{32}$/.test(source) ? { source } : {};
}

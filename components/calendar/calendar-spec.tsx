import { dayKey } from "#lib/format/time";
import { monthRange } from "./month-model.ts";

export const calendarSpec = { month: "text", source: "text" } as const;

/** The month of the address (`2026-11`), where it is one; else the present one in the reader's zone. */
export function monthOf(text: string | undefined, now: Date, timeZone: string): string {
  return text !== undefined && /^[2-9]\d{3}-(0[1-9]|1[0-2])$/.test(text) ? text : dayKey(now.toISOString(), timeZone).slice(0, 7);
}

/** What the page asks for; server and client ask the same. */
export function calendarQueryOf(month: string, source: string | undefined, timeZone: string) {
  const known = source !== undefined && /^src_[0-9a-f]{32}$/.test(source) ? { source } : {};
  return { ...monthRange(month, timeZone), timeZone, ...known };
}

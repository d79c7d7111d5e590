import { dayKey } from "#lib/format/time";

export const calendarSpec = { year: "text", as: ["table"] } as const;

/** The year of the address, where it is one; else the present one in the reader's zone. */
export function yearOf(text: string | undefined, now: Date, timeZone: string): number {
  return text !== undefined && /^[2-9]\d{3}$/.test(text) ? Number(text) : Number(dayKey(now.toISOString(), timeZone).slice(0, 4));
}

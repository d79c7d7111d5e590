/** A line of the calendar: the source's name, and its year beside it; on a phone below it. */
export const lineClass = "grid gap-x-4 gap-y-1 sm:grid-cols-[minmax(7rem,11rem)_minmax(0,1fr)] sm:items-center";

/** Names of the twelve months, January first. */
export function monthNames(locale: string, month: "short" | "narrow" | "long"): string[] {
  const format = new Intl.DateTimeFormat(locale, { month, timeZone: "UTC" });
  return Array.from({ length: 12 }, (_, index) => format.format(Date.UTC(2026, index, 15)).replace(/\.$/, ""));
}

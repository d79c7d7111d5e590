/** The name of a day of the week, 0 is Sunday: `Sunday`, `domingo`. */
export function weekdayName(day: number, locale: string, width: "long" | "short" | "narrow" = "long"): string {
  // The first of March 2026 is a Sunday.
  return new Intl.DateTimeFormat(locale, { weekday: width, timeZone: "UTC" }).format(Date.UTC(2026, 2, 1 + day)).replace(/\.$/, "");
}

/** The day of the week of an instant in a zone, short: `Sun`, `dom`. */
export function weekdayOf(instant: string, locale: string, timeZone: string): string {
  return new Intl.DateTimeFormat(locale, { weekday: "short", timeZone }).format(Date.parse(instant)).replace(/\.$/, "");
}

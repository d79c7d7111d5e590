/** How a person reads times: language and IANA time zone (`UTC`, `Europe/Berlin`). */
export type TimeSettings = { readonly locale: string; readonly timeZone: string };

type Parts = { year: string; month: string; monthName: string; day: string; hour: string; minute: string; second: string; zone: string };

/** Date, time to the second and zone: `21 Nov 2026, 02:00:13 UTC`. The same text on server and client. */
export function formatInstant(instant: string, settings: TimeSettings): string {
  const p = partsOf(instant, settings);
  return `${p.day} ${p.monthName} ${p.year}, ${p.hour}:${p.minute}:${p.second} ${p.zone}`;
}

/** Date and time to the minute, with zone: `21 Nov 2026, 02:00 UTC`. */
export function formatMinute(instant: string, settings: TimeSettings): string {
  const p = partsOf(instant, settings);
  return `${p.day} ${p.monthName} ${p.year}, ${p.hour}:${p.minute} ${p.zone}`;
}

/** The day in the reader's zone: `21 Nov 2026`. */
export function formatDay(instant: string, settings: TimeSettings): string {
  const p = partsOf(instant, settings);
  return `${p.day} ${p.monthName} ${p.year}`;
}

/** The time of day in the reader's zone, 24 hours: `02:00:13`. */
export function formatClock(instant: string, settings: TimeSettings): string {
  const p = partsOf(instant, settings);
  return `${p.hour}:${p.minute}:${p.second}`;
}

/** The zone of an instant as an offset: `UTC`, `UTC+01:00`. */
export function formatZone(instant: string, settings: TimeSettings): string {
  return partsOf(instant, settings).zone;
}

/** `2026-11-21`: the key under which instants of one day (in the reader's zone) are grouped. */
export function dayKey(instant: string, timeZone: string): string {
  const p = partsOf(instant, { locale: "en", timeZone });
  return `${p.year}-${p.month}-${p.day.padStart(2, "0")}`;
}

const relativeSteps: readonly { unit: Intl.RelativeTimeFormatUnit; seconds: number; upTo: number }[] = [
  { unit: "second", seconds: 1, upTo: 60 },
  { unit: "minute", seconds: 60, upTo: 3600 },
  { unit: "hour", seconds: 3600, upTo: 48 * 3600 },
  { unit: "day", seconds: 86_400, upTo: 60 * 86_400 },
  { unit: "month", seconds: 30.44 * 86_400, upTo: 730 * 86_400 },
  { unit: "year", seconds: 365.25 * 86_400, upTo: Number.POSITIVE_INFINITY },
];

/** What lies this little behind or, because two clocks never agree, ahead of now is `justNow`. */
const justNowSeconds = { behind: 10, ahead: 120 } as const;

/** Distance of `instant` from `now` in one unit, rounded towards now: `12 days ago`, `in 3 hours`; `justNow` where it is next to none. */
export function formatRelative(instant: string, now: Date, locale: string, justNow: string): string {
  const seconds = (new Date(instant).getTime() - now.getTime()) / 1000;
  if (seconds > -justNowSeconds.behind && seconds < justNowSeconds.ahead) return justNow;
  const step = relativeSteps.find(({ upTo }) => Math.abs(seconds) < upTo) ?? relativeSteps.at(-1);
  if (step === undefined) return "";
  return new Intl.RelativeTimeFormat(locale, { numeric: "always" }).format(Math.trunc(seconds / step.seconds), step.unit);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(key: string, locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const id = `${key}|${locale}|${options.timeZone ?? ""}`;
  const known = formats.get(id);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(locale, options);
  formats.set(id, made);
  return made;
}

/**
 * Digits come from one fixed pattern and only the month's name from the locale: whole patterns differ between the ICU versions of
 * Node and browsers, which would make the server's text differ from the client's.
 */
function partsOf(instant: string, { locale, timeZone }: TimeSettings): Parts {
  const date = new Date(instant);
  const digits = formatFor("digits", "en-US", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZoneName: "longOffset",
  }).formatToParts(date);
  const part = (type: Intl.DateTimeFormatPartTypes): string => digits.find((each) => each.type === type)?.value ?? "";
  const monthName = formatFor("month", locale, { timeZone, month: "short", day: "numeric" })
    .formatToParts(date)
    .find((each) => each.type === "month")?.value;
  return {
    year: part("year"),
    month: part("month"),
    monthName: monthName ?? part("month"),
    day: part("day"),
    hour: part("hour"),
    minute: part("minute"),
    second: part("second"),
    zone: zoneText(part("timeZoneName")),
  };
}

/** ICU versions write the zero offset as `GMT` or `GMT+00:00`; one text for both. */
function zoneText(longOffset: string): string {
  const offset = /[+-]\d\d:\d\d/.exec(longOffset)?.[0];
  return offset === undefined || offset === "+00:00" ? "UTC" : `UTC${offset}`;
}

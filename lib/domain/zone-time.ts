/**
 * Wall time of a zone ↔ instant, by the zone data of the runtime (`Intl`). A wall time is written as the milliseconds that it would be in UTC.
 * The way back is not always one to one: clocks that go forward leave a gap, clocks that go back show an hour twice.
 */
const minuteMs = 60_000;
const dayMs = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  formats.set(zone, made);
  return made;
}

/** What a clock in `zone` shows at an instant (milliseconds), to the second. Throws a `RangeError` for a zone that the runtime does not know. */
export function wallTimeAt(zone: string, instantMs: number): number {
  if (zone === "UTC") return Math.floor(instantMs / 1000) * 1000;
  const [, month = "", day = "", year = "", hour = "", minute = "", second = ""] =
    /^(\d+)\/(\d+)\/(\d+), (\d+):(\d+):(\d+)$/.exec(formatOf(zone).format(instantMs)) ?? [];
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
}

/** Of whole days, which is what calendars and lists ask for again and again; `Intl` takes microseconds for each. */
const offsetsOfDays = new Map<string, Map<number, number>>();
const mostDays = 400;

/** How far a zone's clocks are ahead of UTC at an instant, in milliseconds. */
export function offsetAt(zone: string, instantMs: number): number {
  const whole = Math.floor(instantMs / 1000) * 1000;
  if (whole % dayMs !== 0) return wallTimeAt(zone, whole) - whole;
  const days = offsetsOfDays.get(zone) ?? new Map<number, number>();
  const known = days.get(whole);
  if (known !== undefined) return known;
  const offset = wallTimeAt(zone, whole) - whole;
  if (days.size >= mostDays) days.clear();
  offsetsOfDays.set(zone, days.set(whole, offset));
  return offset;
}

export type WallInstant = {
  /** When something that was planned for this wall time starts. */
  readonly at: number;
  /** `gap`: the clocks never show it, and it starts when they go on; `repeat`: they show it twice, and it starts the first time. */
  readonly kind: "once" | "gap" | "repeat";
  /** Of a `repeat`: when the clocks show it the second time. */
  readonly again: number | null;
};

/** The instant of a wall time in a zone: each wall time has exactly one `at`, and later wall times never have earlier ones. */
export function instantOfWallTime(zone: string, wallMs: number): WallInstant {
  const before = offsetAt(zone, wallMs - dayMs);
  const after = offsetAt(zone, wallMs + dayMs);
  const first = wallMs - before;
  if (before === after) return { at: first, kind: "once", again: null };
  const second = wallMs - after;
  const firstShows = wallTimeAt(zone, first) === wallMs;
  const secondShows = wallTimeAt(zone, second) === wallMs;
  if (firstShows && secondShows) {
    return first === second
      ? { at: first, kind: "once", again: null }
      : { at: Math.min(first, second), kind: "repeat", again: Math.max(first, second) };
  }
  if (firstShows || secondShows) return { at: firstShows ? first : second, kind: "once", again: null };
  return { at: changeBetween(zone, wallMs - dayMs, wallMs + dayMs), kind: "gap", again: null };
}

/** The instant at which the offset changes between two instants that have different ones, to the second. */
function changeBetween(zone: string, fromMs: number, toMs: number): number {
  const start = offsetAt(zone, fromMs);
  let low = Math.floor(fromMs / 1000);
  let high = Math.ceil(toMs / 1000);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(zone, middle * 1000) === start) low = middle;
    else high = middle;
  }
  return high * 1000;
}

export type ClockChange = {
  readonly at: number;
  /** The wall times that are left out (`gap`) or shown twice (`repeat`): from, inclusive, to, exclusive. */
  readonly change: "gap" | "repeat";
  readonly wallFrom: number;
  readonly wallTo: number;
};

/** Every change of a zone's clocks between two instants, in order. Changes that lie less than a week apart and undo each other are not seen. */
export function clockChanges(zone: string, fromMs: number, toMs: number): ClockChange[] {
  const found: ClockChange[] = [];
  const step = 7 * dayMs;
  for (let at = fromMs; at < toMs; at += step) {
    const until = Math.min(at + step, toMs);
    const before = offsetAt(zone, at);
    const after = offsetAt(zone, until);
    if (before === after) continue;
    const change = changeBetween(zone, at, until);
    const [wallFrom, wallTo] = after > before ? [change + before, change + after] : [change + after, change + before];
    found.push({ at: change, change: after > before ? "gap" : "repeat", wallFrom, wallTo });
  }
  return found;
}

/** The whole minute of an instant, downwards. */
export function wholeMinute(ms: number): number {
  return Math.floor(ms / minuteMs) * minuteMs;
}

import { Cron, CronPattern } from "croner";
import { LifeboatError } from "#lib/domain/error";

const dayMs = 86_400_000;
const minuteMs = 60_000;

/** A cron expression taken apart: on which days, and at which times of such a day. Wall times, as milliseconds in UTC. */
export type CronSeries = {
  /** The first matching day whose midnight is at `wallMs` or later, as that midnight; null when none comes any more. */
  readonly dayFrom: (wallMs: number) => number | null;
  /** Milliseconds after midnight, ascending; at least one. */
  readonly times: readonly number[];
  /** The hour field names every hour, as `*` or one by one: what is meant is a distance, not a time of day. */
  readonly everyHour: boolean;
};

const known = new Map<string, CronSeries>();
const mostKnown = 2000;
/** Of one expression. */
const mostDays = 50;

/**
 * Reads five fields: minute, hour, day of month, month, day of week, with names, `L`, `W` and `#`. Day of month and day of week, where both are given, mean
 * either, as in cron. Throws `cron-invalid` { cron, detail } and `cron-never` { cron } for a day that no calendar has.
 */
export function parseCron(expression: string): CronSeries {
  const cron = expression.trim().replace(/\s+/g, " ");
  const cached = known.get(cron);
  if (cached !== undefined) return cached;
  const series = takeApart(cron);
  if (series.dayFrom(Date.UTC(2024, 0, 1)) === null) throw new LifeboatError("cron-never", { cron });
  if (known.size >= mostKnown) known.clear();
  known.set(cron, series);
  return series;
}

function takeApart(cron: string): CronSeries {
  const fields = cron.split(" ");
  const [minute, hour, ...day] = fields;
  if (fields.length !== 5) throw new LifeboatError("cron-invalid", { cron, detail: `it has ${fields.length} fields instead of 5` });
  try {
    const { minute: minutes, hour: hours } = new CronPattern(`${minute} ${hour} * * *`, "UTC", { mode: "5-part" });
    const days = new Cron(`0 0 ${day.join(" ")}`, { timezone: "UTC", mode: "5-part", paused: true });
    const times = chosen(hours).flatMap((h) => chosen(minutes).map((m) => (h * 60 + m) * minuteMs));
    const everyHour = chosen(hours).length === 24;
    const dayFrom = remembered((day) => days.nextRun(new Date(day - 1000))?.getTime() ?? null);
    return { times, everyHour, dayFrom: (wallMs) => dayFrom(Math.ceil(wallMs / dayMs) * dayMs) };
  } catch (error) {
    throw new LifeboatError("cron-invalid", { cron, detail: detailOf(error) }, { cause: error });
  }
}

/** Lists ask for the same few days over and over, and each takes the library a while. */
function remembered(nextDay: (day: number) => number | null): (day: number) => number | null {
  const found = new Map<number, number | null>();
  return (day) => {
    const next = found.get(day);
    if (next !== undefined) return next;
    if (found.size >= mostDays) found.clear();
    const looked = nextDay(day);
    found.set(day, looked);
    return looked;
  };
}

/** Positions of a field that are set. */
function chosen(field: readonly number[]): number[] {
  return field.flatMap((isSet, value) => (isSet === 1 ? [value] : []));
}

function detailOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const plain = text.replace(/^CronPattern:\s*/, "").replace(/\.$/, "");
  return plain.charAt(0).toLowerCase() + plain.slice(1);
}

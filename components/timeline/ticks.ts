import { dayKey, formatClock, formatDay, type TimeSettings } from "#lib/format/time";
import type { Span } from "./time-line-model.ts";
import { fromWallTime } from "./zoned-time.ts";

export type Tick = { readonly at: number; readonly label: string };

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const steps = [1, 5, 15, 30, 60, 180, 360, 720].map((minutes) => minutes * minuteMs);
const daySteps = [1, 2, 5, 7, 15, 30, 90, 180, 365];
const most = 6;

/** Marks of the axis, at most six: midnights of the reader's zone, or times of day where the span is shorter than two days. */
export function ticksOf(span: Span, settings: TimeSettings): Tick[] {
  const length = span.to - span.from;
  const first = Date.parse(fromWallTime(`${dayKey(new Date(span.from).toISOString(), settings.timeZone)}T00:00`, settings.timeZone) ?? "");
  if (length < 2 * dayMs) {
    const step = steps.find((each) => length / each <= most) ?? dayMs;
    return collect(first, step, span).map((at) => ({ at, label: formatClock(new Date(at).toISOString(), settings).slice(0, 5) }));
  }
  const days = daySteps.find((each) => length / (each * dayMs) <= most) ?? Math.ceil(length / dayMs / most);
  // Half a day past the midnight is on the right day whatever the clocks did in between.
  return collect(first + dayMs / 2, days * dayMs, { from: span.from + dayMs / 2, to: span.to + dayMs / 2 }).flatMap((noon) => {
    const day = new Date(noon).toISOString();
    const midnight = fromWallTime(`${dayKey(day, settings.timeZone)}T00:00`, settings.timeZone);
    return midnight === null ? [] : [{ at: Date.parse(midnight), label: formatDay(day, settings).replace(/ \d{4}$/, "") }];
  });
}

function collect(first: number, step: number, { from, to }: Span): number[] {
  const begin = first + Math.ceil((from - first) / step) * step;
  const found: number[] = [];
  for (let at = begin; at <= to; at += step) found.push(at);
  return found;
}

import type { SimulationDto } from "#lib/query/policies";

type SeriesPoint = SimulationDto["series"][number];

const units = [1, 1024, 1024 ** 2, 1024 ** 3, 1024 ** 4, 1024 ** 5] as const;
/** The last two are a quarter and a half of the next unit, so that what reaches it is round in both. */
const steps = [1, 2, 5, 10, 20, 25, 50, 100, 200, 256, 512] as const;
const mostTicks = 4;

/** Marks of a space axis from 0 to at least `max` bytes: round numbers of one binary unit, four above zero at most. */
export function byteTicks(max: number): number[] {
  for (const unit of units)
    for (const step of steps) {
      const count = Math.ceil(max / (step * unit));
      if (count <= mostTicks) return Array.from({ length: Math.max(1, count) + 1 }, (_, index) => index * step * unit);
    }
  return [0, max];
}

export type SeriesSummary = { readonly first: SeriesPoint; readonly last: SeriesPoint; readonly peak: SeriesPoint };

/** What the chart says in one sentence; null for no series. */
export function summaryOf(series: readonly SeriesPoint[]): SeriesSummary | null {
  const [first] = series;
  const last = series.at(-1);
  if (first === undefined || last === undefined) return null;
  return { first, last, peak: series.reduce((most, point) => (point.storedBytes > most.storedBytes ? point : most), first) };
}

/** An SVG path of the series in a box of 0 to 100 both ways; `area` closes it at the bottom. A single day is drawn as a level line. */
export function pathsOf(series: readonly SeriesPoint[], top: number): { readonly line: string; readonly area: string } {
  const last = Math.max(1, series.length - 1);
  const points = series.map(
    ({ storedBytes }, index) => `${round((index / last) * 100)} ${round(100 - (storedBytes / Math.max(1, top)) * 100)}`,
  );
  if (points.length === 1) points.push(`100 ${points[0]?.split(" ")[1] ?? "100"}`);
  const line = points.length === 0 ? "" : `M${points.join("L")}`;
  return { line, area: line === "" ? "" : `${line}L100 100L0 100Z` };
}

/** A row for the series' first day, each first day of a month, and its last day. */
export function monthRows(series: readonly SeriesPoint[]): SeriesPoint[] {
  return series.filter(({ day }, index) => index === 0 || index === series.length - 1 || day.endsWith("-01"));
}

/** Months that begin within the series: their first day, and how far along it they are, 0 to 1. */
export function monthMarks(series: readonly SeriesPoint[], most: number): { readonly day: string; readonly share: number }[] {
  const last = Math.max(1, series.length - 1);
  const marks = series.flatMap(({ day }, index) => (day.endsWith("-01") ? [{ day, share: index / last }] : []));
  const every = Math.max(1, Math.ceil(marks.length / most));
  return marks.filter((_, index) => index % every === 0);
}

const dayMs = 86_400_000;

/** The date so many days after another, both as `2026-11-22`. */
export function dateAfter(today: string, days: number): string {
  return new Date(Date.parse(`${today}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
}

/** Days from one date to another; null for what is no date. */
export function daysUntil(today: string, date: string): number | null {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(at) ? null : Math.round((at - Date.parse(`${today}T00:00:00Z`)) / dayMs);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

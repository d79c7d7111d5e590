import type { FingerprintDto } from "#lib/contracts/fingerprints";

export type TableName = { readonly schema: string; readonly table: string };
export type TrendPoint = { readonly day: string; readonly rows: number };
export type TableTrend = TableName & {
  /** Oldest first; a day without a fingerprint, or without the table, has no point. */
  readonly points: readonly TrendPoint[];
  readonly first: number;
  /** Null: the newest fingerprint has no such table. */
  readonly now: number | null;
  readonly low: number;
  readonly high: number;
  /** Days on which something about it was unusual. */
  readonly marked: readonly string[];
};

export function nameOf({ schema, table }: TableName): string {
  return schema === "" || schema === "main" ? table : `${schema}.${table}`;
}

const keyOf = ({ schema, table }: TableName): string => JSON.stringify([schema, table]);

function summary(points: readonly TrendPoint[]): Pick<TableTrend, "first" | "low" | "high"> {
  const rows = points.map((point) => point.rows);
  return { first: rows[0] ?? 0, low: Math.min(...rows), high: Math.max(...rows) };
}

/** The rows of every table over time, from fingerprints newest first; unusual and large tables come first. */
export function trendsOf(newestFirst: readonly FingerprintDto[]): TableTrend[] {
  const trends = new Map<string, { name: TableName; points: TrendPoint[]; marked: string[] }>();
  const trendOf = (name: TableName) => {
    const known = trends.get(keyOf(name)) ?? { name: { schema: name.schema, table: name.table }, points: [], marked: [] };
    trends.set(keyOf(name), known);
    return known;
  };
  for (const { day, tables, findings } of newestFirst.toReversed()) {
    for (const each of tables) trendOf(each).points.push({ day, rows: each.rows });
    for (const finding of findings) if (finding.table !== "") trendOf(finding).marked.push(day);
  }
  const newest = newestFirst[0]?.day;
  return [...trends.values()]
    .filter(({ points }) => points.length > 0)
    .map(({ name, points, marked }) => {
      const last = points.at(-1);
      return Object.assign({ ...name, points, marked, now: last?.day === newest ? (last?.rows ?? null) : null }, summary(points));
    })
    .toSorted(
      (left, right) =>
        Number(right.marked.includes(newest ?? "")) - Number(left.marked.includes(newest ?? "")) ||
        right.high - left.high ||
        nameOf(left).localeCompare(nameOf(right)),
    );
}

/** All rows of the source over time, as one more trend. */
export function totalTrend(newestFirst: readonly FingerprintDto[]): TableTrend {
  const points = newestFirst.toReversed().map(({ day, rowCount }) => ({ day, rows: rowCount }));
  const marked = newestFirst.filter(({ findings }) => findings.some(({ table }) => table === "")).map(({ day }) => day);
  return { schema: "", table: "", points, marked, now: newestFirst[0]?.rowCount ?? null, ...summary(points) };
}

const dayMs = 86_400_000;
const dayNumber = (day: string): number => Math.floor(Date.parse(`${day}T00:00:00.000Z`) / dayMs);

export type PlacedPoint = { readonly day: string; readonly x: number; readonly y: number };

/**
 * Where a trend's points stand in a box of 1 × 1: days from left to right in `span`, rows upwards between the lowest and the highest. A table that
 * never changed lies in the middle. Runs of neighbouring days are lines of their own: a gap stays a gap.
 */
export function placeTrend({ points, low, high }: TableTrend, span: { first: string; last: string }): PlacedPoint[][] {
  const start = dayNumber(span.first);
  const width = dayNumber(span.last) - start;
  const lines: PlacedPoint[][] = [];
  let before = Number.NEGATIVE_INFINITY;
  for (const { day, rows } of points) {
    const number = dayNumber(day);
    if (number !== before + 1) lines.push([]);
    before = number;
    lines.at(-1)?.push({ day, x: width === 0 ? 1 : (number - start) / width, y: high === low ? 0.5 : (rows - low) / (high - low) });
  }
  return lines;
}

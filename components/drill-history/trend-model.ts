import type { DrillTrendDto } from "#lib/contracts/drill-history";

type Point = DrillTrendDto["points"][number];

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Marks of the axis in milliseconds: what people say when they speak of recovery times. */
const steps = [100, 1000, 10_000, minute, 10 * minute, hour, 6 * hour, day, 7 * day, 30 * day, 365 * day] as const;

/** The scale's marks, lowest first: those that hold every recovery time and every objective between them; at least two. */
export function scaleOf(points: readonly Pick<Point, "recoveryMs" | "recoveryTimeSeconds">[]): number[] {
  const values = points
    .flatMap(({ recoveryMs, recoveryTimeSeconds }) => [recoveryMs, recoveryTimeSeconds === null ? null : recoveryTimeSeconds * 1000])
    .filter((value) => value !== null);
  if (values.length === 0) return [1000, minute];
  const low = Math.min(...values);
  const high = Math.max(...values);
  const first = Math.min(
    steps.length - 2,
    Math.max(
      0,
      steps.findLastIndex((step) => step <= low),
    ),
  );
  const above = steps.findIndex((step) => step >= high);
  const last = Math.max(first + 1, above === -1 ? steps.length - 1 : above);
  return steps.slice(first, last + 1);
}

/** Height of a duration on the scale: 0 at its lowest mark, 1 at its highest. Logarithmic: seconds and hours have room beside each other. */
export function heightOf(ms: number, scale: readonly number[]): number {
  const low = Math.log(scale[0] ?? 1);
  const high = Math.log(scale.at(-1) ?? 10);
  return Math.min(1, Math.max(0, (Math.log(Math.max(1, ms)) - low) / (high - low)));
}

/** Whether the objective was kept, which a drill that never recovered did not; null where there was none. */
export function isWithin({ recoveryMs, recoveryTimeSeconds }: Pick<Point, "recoveryMs" | "recoveryTimeSeconds">): boolean | null {
  if (recoveryTimeSeconds === null) return null;
  return recoveryMs !== null && recoveryMs <= recoveryTimeSeconds * 1000;
}

export type TrendSummary = {
  readonly measured: number;
  readonly within: number;
  readonly compared: number;
  readonly medianMs: number | null;
};

/** What the chart says in one sentence. */
export function summaryOf(points: readonly Point[]): TrendSummary {
  const times = points.flatMap(({ recoveryMs }) => (recoveryMs === null ? [] : [recoveryMs])).toSorted((a, b) => a - b);
  const judged = points.map(isWithin).filter((each) => each !== null);
  const upper = times[Math.floor(times.length / 2)];
  const lower = times[Math.floor((times.length - 1) / 2)];
  return {
    measured: times.length,
    within: judged.filter(Boolean).length,
    compared: judged.length,
    medianMs: upper === undefined || lower === undefined ? null : Math.round((upper + lower) / 2),
  };
}

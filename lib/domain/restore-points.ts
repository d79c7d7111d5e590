/** A stretch without a restore point; `to` null: it lasts until now. */
export type RestoreGap = { readonly from: Date; readonly to: Date | null; readonly seconds: number };

/** An interval counts as a gap when it is longer than this many usual ones … */
const muchLonger = 3;
/** … and longer than a daily backup that came an hour late. */
const shortestGapSeconds = 25 * 3600;

/** Different times in order, in milliseconds: a synthetic full stands at the time of the member that it was made from. */
function distinct(times: readonly Date[]): number[] {
  return [...new Set(times.map((time) => time.getTime()))].sort((left, right) => left - right);
}

/** What is usual between two restore points, in seconds: the median. Null with fewer than three points: nothing is usual yet. */
export function usualInterval(times: readonly Date[]): number | null {
  const points = distinct(times);
  if (points.length < 3) return null;
  const intervals = points.slice(1).map((time, index) => time - (points[index] ?? time));
  return Math.round(median(intervals) / 1000);
}

/** The middle of some numbers; of an even count the mean of the middle two. NaN of none. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((left, right) => left - right);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
}

/**
 * Stretches that are much longer than is usual for the source, oldest first. `now` ends the last one, which is still open; null where
 * the times are only those of a range in the past.
 */
export function findGaps(times: readonly Date[], usualSeconds: number | null, now: Date | null): RestoreGap[] {
  if (usualSeconds === null) return [];
  const points = distinct(times);
  const ends: (Date | null)[] = points.slice(1).map((time) => new Date(time));
  if (now !== null) ends.push(null);
  return ends.flatMap((to, index) => {
    const from = points[index];
    if (from === undefined) return [];
    const seconds = Math.floor(((to ?? now ?? new Date(from)).getTime() - from) / 1000);
    const isGap = seconds > muchLonger * usualSeconds && seconds >= shortestGapSeconds;
    return isGap ? [{ from: new Date(from), to, seconds }] : [];
  });
}

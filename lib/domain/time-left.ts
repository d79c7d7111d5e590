/** One reading of how far something has come. `atMs` is a monotonic time in milliseconds. */
export type Reading = { readonly atMs: number; readonly bytes: number };

/** Bytes per second between the first and the last of some readings; 0 while there is nothing to compare. */
export function rateOf(readings: readonly Reading[]): number {
  const first = readings[0];
  const last = readings.at(-1);
  if (first === undefined || last === undefined || last.atMs <= first.atMs) return 0;
  return Math.max(0, Math.round(((last.bytes - first.bytes) * 1000) / (last.atMs - first.atMs)));
}

/**
 * Seconds that are left, or null where saying so would be a guess: no total, a total already passed, less than five seconds or
 * two per cent done, nothing moving.
 */
export function secondsLeft(state: {
  bytesDone: number;
  bytesTotal: number | null;
  bytesPerSecond: number;
  elapsedMs: number;
}): number | null {
  const { bytesDone, bytesTotal, bytesPerSecond, elapsedMs } = state;
  if (bytesTotal === null || bytesDone > bytesTotal || bytesPerSecond <= 0) return null;
  if (elapsedMs < 5_000 || bytesDone < bytesTotal * 0.02) return null;
  return Math.ceil((bytesTotal - bytesDone) / bytesPerSecond);
}

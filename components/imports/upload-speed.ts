/** Bytes that had arrived at a time, in milliseconds. */
export type Sample = { readonly atMs: number; readonly bytes: number };

/** What happened longer ago says nothing about now. */
const windowMs = 8000;
/** Less than this is a first burst into the socket's buffer, not a speed. */
const leastMs = 800;

/** The samples of the window with the new one; what begins again (a resumed upload) begins anew. */
export function addSample(samples: readonly Sample[], sample: Sample): Sample[] {
  const last = samples.at(-1);
  const kept = last !== undefined && sample.bytes < last.bytes ? [] : samples;
  return [...kept.filter(({ atMs }) => sample.atMs - atMs <= windowMs), sample];
}

/** Bytes a second over the window; null where it would be a guess. */
export function speedOf(samples: readonly Sample[]): number | null {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.atMs - first.atMs < leastMs) return null;
  return Math.round(((last.bytes - first.bytes) * 1000) / (last.atMs - first.atMs));
}

/** Milliseconds until the rest has arrived at this speed; null where nobody knows. */
export function restMs(speed: number | null, bytesLeft: number): number | null {
  return speed === null || speed <= 0 ? null : Math.ceil((bytesLeft * 1000) / speed);
}

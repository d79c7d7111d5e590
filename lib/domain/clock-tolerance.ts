/** So far two clocks may be apart, or an instant ahead of now, before it is not believed; in milliseconds. */
export const clockToleranceMs = 10 * 60_000;

/**
 * How old something is that happened at `at`, in milliseconds; null when that is further ahead than clocks may be apart: whatever dated it was wrong, so how old
 * it is nobody knows.
 */
export function ageMs(at: Date, now: Date): number | null {
  const age = now.getTime() - at.getTime();
  return age < -clockToleranceMs ? null : Math.max(0, age);
}

/** One UTC day (`2026-11-21`) with what happened to a source on it. */
export type StripDay = { readonly day: string; readonly good: number; readonly failed: number };

export const stripDays = 30;
const dayMs = 86_400_000;

/** The UTC midnight at which a strip that ends today begins. */
export function stripStart(now: Date): Date {
  const today = Math.floor(now.getTime() / dayMs) * dayMs;
  return new Date(today - (stripDays - 1) * dayMs);
}

/** Thirty days, oldest first, ending today; a day that nothing is known of has zeros, which is how a missed day shows. */
export function buildStrip(now: Date, known: readonly StripDay[]): StripDay[] {
  const start = stripStart(now).getTime();
  const byDay = new Map<string, StripDay>();
  for (const entry of known) {
    const sum = byDay.get(entry.day);
    byDay.set(entry.day, { day: entry.day, good: entry.good + (sum?.good ?? 0), failed: entry.failed + (sum?.failed ?? 0) });
  }
  return Array.from({ length: stripDays }, (_, index) => {
    const day = new Date(start + index * dayMs).toISOString().slice(0, 10);
    return byDay.get(day) ?? { day, good: 0, failed: 0 };
  });
}

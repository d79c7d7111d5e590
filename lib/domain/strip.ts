/**
 * One UTC day (`2026-11-21`) with what happened to a source on it. `missed`: times of its backup schedules at which nothing started;
 * `planned`: those of the day that are still to come.
 */
export type StripDay = {
  readonly day: string;
  readonly good: number;
  readonly failed: number;
  readonly missed: number;
  readonly planned: number;
};

export const stripDays = 30;
const dayMs = 86_400_000;

/** The UTC midnight at which a strip that ends today begins. */
export function stripStart(now: Date): Date {
  const today = Math.floor(now.getTime() / dayMs) * dayMs;
  return new Date(today - (stripDays - 1) * dayMs);
}

/** Thirty days, oldest first, ending today, from what is known in parts; a day that nothing is known of has zeros. */
export function buildStrip(now: Date, known: readonly ({ readonly day: string } & Partial<StripDay>)[]): StripDay[] {
  const start = stripStart(now).getTime();
  const byDay = Map.groupBy(known, ({ day }) => day);
  return Array.from({ length: stripDays }, (_, index) => {
    const day = new Date(start + index * dayMs).toISOString().slice(0, 10);
    const parts = byDay.get(day) ?? [];
    const sum = (of: "good" | "failed" | "missed" | "planned") => parts.reduce((total, part) => total + (part[of] ?? 0), 0);
    return { day, good: sum("good"), failed: sum("failed"), missed: sum("missed"), planned: sum("planned") };
  });
}

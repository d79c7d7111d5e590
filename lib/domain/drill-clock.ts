import type { CheckState, CheckType } from "./drill-checks.ts";

export type ClockCheck = {
  readonly type: CheckType;
  readonly mandatory: boolean;
  readonly state: CheckState;
  readonly finishedAt: Date | null;
};

/**
 * The moment at which the last mandatory check had passed, recovery time itself apart; null while one has not. What does not apply is waited
 * for by nobody. Without any mandatory check the clock never stops: nothing says that the copy is usable.
 */
export function clockStop(checks: readonly ClockCheck[]): Date | null {
  const waitedFor = checks.filter(({ type, mandatory, state }) => mandatory && type !== "recovery-time" && state !== "not-applicable");
  if (waitedFor.length === 0 || waitedFor.some(({ state }) => state !== "passed")) return null;
  return waitedFor.reduce<Date | null>((last, { finishedAt }) => {
    return finishedAt !== null && (last === null || finishedAt > last) ? finishedAt : last;
  }, null);
}

/** Milliseconds of a pause that lie within the recovery clock. */
export function pauseWithin(pause: { from: Date; to: Date }, clock: { startedAt: Date | null; stoppedAt: Date | null }): number {
  if (clock.startedAt === null) return 0;
  const from = Math.max(pause.from.getTime(), clock.startedAt.getTime());
  const to = Math.min(pause.to.getTime(), clock.stoppedAt?.getTime() ?? Infinity);
  return Math.max(0, to - from);
}

/** Milliseconds of a pause that lie within the recovery clock. */
export function pauseWithin(pause: { from: Date; to: Date }, clock: { startedAt: Date | null; stoppedAt: Date | null }): number {
  if (clock.startedAt === null) return 0;
  const from = Math.max(pause.from.getTime(), clock.startedAt.getTime());
  const to = Math.min(pause.to.getTime(), clock.stoppedAt?.getTime() ?? Infinity);
  return Math.max(0, to - from);
}

/** The starts of one schedule, ascending, in milliseconds, and how much later each may be. */
export type PlannedStarts = {
  readonly starts: readonly number[];
  readonly windowMinutes: number | null;
  readonly jitterSeconds: number;
  /** There are more starts before the end than are given here. */
  readonly isCut?: boolean;
};

/**
 * The longest that a source is left without a backup by its schedules, in seconds: from one start of any of them to the latest moment at which the next one
 * begins. Each may begin as late as its window's end, or its jitter where it has none, and never beyond the next start of its own schedule. Null without a
 * schedule; with a single start, as long as was looked ahead from `fromMs` to `untilMs`.
 */
export function longestGapSeconds(planned: readonly PlannedStarts[], fromMs: number, untilMs: number): number | null {
  if (planned.length === 0) return null;
  const known = Math.min(...planned.flatMap(({ starts, isCut }) => (isCut === true ? (starts.at(-1) ?? []) : [])));
  const all = planned.flatMap((schedule) => schedule.starts.map((at, index) => ({ at, latest: at + longestWait(schedule, at, index) })));
  const ahead = all.filter(({ at }) => at <= known).toSorted((a, b) => b.at - a.at);
  let longest: number | null = null;
  // Backwards: of everything that starts later, what begins first at the latest.
  let next = Infinity;
  let nextOfThisInstant = Infinity;
  let instant = Infinity;
  for (const { at, latest } of ahead) {
    if (at < instant) next = Math.min(next, nextOfThisInstant);
    instant = at;
    nextOfThisInstant = Math.min(nextOfThisInstant, latest);
    if (next !== Infinity) longest = Math.max(longest ?? 0, next - at);
  }
  const wait = ahead.length === 1 && ahead[0] !== undefined ? ahead[0].latest - ahead[0].at : 0;
  return Math.round((longest ?? untilMs - fromMs + wait) / 1000);
}

/** How much later than planned a start may begin, in milliseconds; as far as the next one of its schedule, or of the last one, as the one before was away. */
function longestWait({ starts, windowMinutes, jitterSeconds }: PlannedStarts, at: number, index: number): number {
  const room = (starts[index + 1] ?? at) - at || at - (starts[index - 1] ?? -Infinity);
  return windowMinutes === null ? Math.min(jitterSeconds * 1000, room / 2) : Math.min(windowMinutes * 60_000, room);
}

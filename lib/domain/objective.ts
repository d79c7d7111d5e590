import { ageMs } from "./clock-tolerance.ts";

const hourSeconds = 3600;

/** Without schedules: a daily habit, and two hours of its jitter. */
export const objectiveWithoutSchedules = 26 * hourSeconds;
/** What a backup itself may take beyond its schedule: a twelfth of the time between two, within these bounds. */
const leastAllowance = 600;
const mostAllowance = 2 * hourSeconds;

/**
 * How old the newest good backup of a source may be, in seconds. `expectedEverySeconds` is the longest that its schedules leave it without a
 * start; the backup then takes a while, which is allowed for. Starts 24 hours apart without a window give the same 26 hours that hold without any.
 */
export function objectiveSeconds(expectedEverySeconds: number | null): number {
  if (expectedEverySeconds === null) return objectiveWithoutSchedules;
  const allowance = Math.min(mostAllowance, Math.max(leastAllowance, Math.round(expectedEverySeconds / 12)));
  return expectedEverySeconds + allowance;
}

/** Whether the newest good backup, made at `lastGoodAt`, is as fresh at `now` as was promised. Without one, or with one of a wrong clock, it never is. */
export function isObjectiveMet(lastGoodAt: Date | null, seconds: number, now: Date): boolean {
  const age = lastGoodAt === null ? null : ageMs(lastGoodAt, now);
  return age !== null && age <= seconds * 1000;
}

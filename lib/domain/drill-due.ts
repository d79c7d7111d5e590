const dayMs = 86_400_000;
const quietMs = dayMs;

/** Whether an open drill in which something happened last at `lastAt` is under way at `now`: one that nobody goes on with proves nothing, and hides nothing. */
export function isUnderWay(lastAt: Date, now: Date): boolean {
  return now.getTime() - lastAt.getTime() <= quietMs;
}

/** How often a drill is due; months mean the same day so many months later. */
export type Cadence = { readonly unit: "days" | "weeks" | "months"; readonly every: number };

export type DueFacts = {
  readonly enabled: boolean;
  readonly nextDueAt: Date;
  readonly graceDays: number;
  readonly cadence: Cadence;
  /** Something that can be restored is there. */
  readonly hasBackup: boolean;
  /** A drill of the source is not over, and something happened in it lately. */
  readonly isUnderWay: boolean;
};

export type Due = "none" | "ok" | "due-soon" | "due" | "overdue" | "running";

const longestNoticeMs = 7 * dayMs;

/** Where a plan stands at `now`. A drill that is under way is told before everything else; what is switched off or has nothing to restore is never due. */
export function dueState(facts: DueFacts, now: Date): Due {
  if (facts.isUnderWay) return "running";
  if (!facts.enabled || !facts.hasBackup) return "none";
  const aheadMs = facts.nextDueAt.getTime() - now.getTime();
  if (aheadMs > noticeMs(facts.cadence)) return "ok";
  if (aheadMs > 0) return "due-soon";
  return -aheadMs > facts.graceDays * dayMs ? "overdue" : "due";
}

/** A week ahead at most, and never more than a quarter of the time between two drills. */
function noticeMs(cadence: Cadence): number {
  const days = { days: 1, weeks: 7, months: 30 }[cadence.unit] * cadence.every;
  return Math.min(longestNoticeMs, (days * dayMs) / 4);
}

/** The next due date, counted from `from` in UTC; a month that is too short gives its last day. */
export function nextDue(cadence: Cadence, from: Date): Date {
  if (cadence.unit !== "months") return new Date(from.getTime() + { days: 1, weeks: 7 }[cadence.unit] * cadence.every * dayMs);
  const next = new Date(from);
  const day = from.getUTCDate();
  next.setUTCDate(1);
  next.setUTCMonth(next.getUTCMonth() + cadence.every);
  const lastDay = new Date(Date.UTC(next.getUTCFullYear(), next.getUTCMonth() + 1, 0)).getUTCDate();
  next.setUTCDate(Math.min(day, lastDay));
  return next;
}

const longestAfterFailureMs = 7 * dayMs;

/** When the next drill is due after one that failed at `now`: nothing was proven, so in seven days at the latest. */
export function nextDueAfterFailure(cadence: Cadence, wasDueAt: Date, now: Date): Date {
  return new Date(Math.min(nextDueAfter(cadence, wasDueAt, now).getTime(), now.getTime() + longestAfterFailureMs));
}

/** When the next drill is due after one that ended at `now`: counted from when it was due, so that it keeps its day; one that came early counts from itself. */
export function nextDueAfter(cadence: Cadence, wasDueAt: Date, now: Date): Date {
  if (wasDueAt > now) return nextDue(cadence, now);
  let next = nextDue(cadence, wasDueAt);
  while (next <= now) next = nextDue(cadence, next);
  return next;
}

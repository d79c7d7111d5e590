import { clockMove, type ClockLook } from "#lib/domain/schedule-clock";
import type { Logger } from "#lib/log/log";
import type { ServiceContext } from "../context.ts";
import type { RunRow } from "../runs/start.ts";
import { readCatalogueClock } from "./clock.ts";
import { endPauses } from "./end-pauses.ts";
import { realignSchedules } from "./realign.ts";
import { settleStarted } from "./settle-started.ts";
import { startWaiting } from "./start-waiting.ts";
import { takeDue } from "./take-due.ts";
import type { Unreadable } from "./unreadable.ts";

/** So long one look may go on taking batches, in milliseconds; what is left waits for the next look. */
const longestLookMs = 10_000;
/** One wake reaches one worker, which takes all it has places for. */
const mostWakes = 4;

export type SchedulerOptions = {
  /** The system as actor. */
  readonly context: ServiceContext;
  readonly logger: Logger;
  /** When a slot that waits for an earlier run is looked at again, in milliseconds. */
  readonly recheckMs: number;
  /** The catalogue's clock; tests put one of their own in its place. */
  readonly readClock?: () => Promise<Date>;
  /** A clock that only counts on, in milliseconds. */
  readonly countMs: () => number;
};

export type Scheduler = { readonly tick: () => Promise<void> };

/**
 * Looks at what is due, over and over. Every worker has one; each row is taken by one of them. Nothing is kept between two looks but how the clock went and
 * what this host cannot read: a worker may be killed between any two statements.
 */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const { context, logger, recheckMs } = options;
  const readClock = options.readClock ?? (() => readCatalogueClock(context.db));
  let last: ClockLook | null = null;
  const unreadable: Unreadable = new Map();

  return { tick };

  async function tick(): Promise<void> {
    const now = await readClock();
    const look = { atMs: now.getTime(), countMs: options.countMs() };
    const move = clockMove(last, look);
    if (move !== "steady") logger.warn("the catalogue's clock jumped", { direction: move, at: now.toISOString() });
    if (last === null || move === "back") await realignSchedules(context, now, logger);
    last = look;
    const untilMs = look.countMs + longestLookMs;
    const cause = move === "forward" ? "clock-jump" : "not-running";
    await alone("settle what was started", () => repeat(untilMs, () => settleStarted(context, now, recheckMs)));
    await alone("take what is due", () => repeat(untilMs, () => takeDue(context, now, { cause, unreadable, logger })));
    await alone("start what waits", () => startAll(now, untilMs));
    await alone("end pauses", () => endPauses(context, now, unreadable));
  }

  /** One part of a look that fails leaves the others to do theirs; the next look tries again. */
  async function alone(part: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      logger.warn("a part of the schedules' look failed", { part, error });
    }
  }

  async function startAll(now: Date, untilMs: number): Promise<void> {
    const woken = new Map<string, number>();
    await repeat(untilMs, async () => {
      const { looked, started } = await startWaiting(context, now, { logger, recheckMs });
      for (const run of started) await wake(woken, run);
      return started.length === 0 ? 0 : looked;
    });
  }

  async function wake(woken: Map<string, number>, run: RunRow): Promise<void> {
    const count = woken.get(run.workerGroup) ?? 0;
    woken.set(run.workerGroup, count + 1);
    if (count < mostWakes) await context.wake(run.id, run.workerGroup);
  }

  /** Takes batches until there is nothing left, or the time of this look is over. */
  async function repeat(untilMs: number, work: () => Promise<number>): Promise<void> {
    while ((await work()) > 0 && options.countMs() < untilMs);
  }
}

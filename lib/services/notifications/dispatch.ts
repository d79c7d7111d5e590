import { asc, inArray, isNull, sql } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { isOutage } from "#lib/db/outage";
import { channels } from "#lib/db/schema/channels";
import { events } from "#lib/db/schema/events";
import type { Logger } from "#lib/log/log";
import type { ServiceContext } from "../context.ts";
import { alertOfEvent, mayAlert } from "./alert-of-event.ts";
import { forwardEvent } from "./forward-event.ts";

export type EventRow = typeof events.$inferSelect;

/** So many changes are handed on in one transaction. */
const batch = 200;

/** So often this process tries a change that the catalogue refuses for the moment, before it passes it over. */
const mostTries = 20;
const tries = new WeakMap<ServiceContext["db"], { eventId: number; times: number }>();

/**
 * Hands on what changed since the last look, in order: alerts open and end, and machines that want every change get it into their outbox. One
 * transaction a batch, one dispatcher at a time. Answers how many it took. One that meets a passing trouble of the catalogue (a deadlock, a lock, a cancelled
 * statement) waits for the next look, with those behind it. One that cannot be handled is logged and passed over: it must not hold up the rest.
 */
export async function dispatchEvents(context: ServiceContext, logger: Logger): Promise<number> {
  return context.db.transaction(async (tx) => {
    const [lock] = await tx.execute<{ mine: boolean }>(
      sql`select pg_try_advisory_xact_lock(hashtextextended('lifeboat.events', 0)) as mine`,
    );
    if (lock?.mine !== true) return 0;
    const found = await tx.select().from(events).where(isNull(events.handledAt)).orderBy(asc(events.id)).limit(batch);
    if (found.length === 0) return 0;
    const listeners = await tx.select().from(channels).where(isNull(channels.removedAt));
    const hasMachines = listeners.some(({ config }) => config.type === "webhook" || config.type === "healthchecks");
    const handled: number[] = [];
    for (const event of found) {
      handled.push(event.id);
      if (!hasMachines && !mayAlert(event)) continue;
      // What happened then is told with the time of then.
      const then = { ...context, now: () => event.at };
      try {
        await tx.transaction((inner) => handle(inner, then, event, listeners));
      } catch (error) {
        if (isPassing(error) && mayTryAgain(context, event.id)) {
          logger.warn("a change of state is handed on later", { eventId: event.id, type: event.type, error });
          handled.pop();
          break;
        }
        logger.error("a change of state could not be handed on", { eventId: event.id, type: event.type, error });
      }
    }
    if (handled.length > 0) {
      await tx
        .update(events)
        .set({ handledAt: sql`clock_timestamp()` })
        .where(inArray(events.id, handled));
    }
    return handled.length;
  });
}

/** Counts what one change is refused for: in order as they are, there is one such change at a time. */
function mayTryAgain({ db }: ServiceContext, eventId: number): boolean {
  const before = tries.get(db);
  const times = before?.eventId === eventId ? before.times + 1 : 1;
  tries.set(db, { eventId, times });
  return times < mostTries;
}

/** True for what the catalogue says of its moment and not of the statement: rolled back, locked, cancelled, full, gone. */
function isPassing(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > 5) return false;
  const { code } = error as { code?: unknown };
  if (typeof code === "string" && /^(08|40|53|55|57)...$/.test(code)) return true;
  return isOutage(error) || isPassing(error.cause, depth + 1);
}

/** Hands on all that there is. Where there is nothing, one look costs one small query: it is repeated every second. */
export async function dispatchAll(context: ServiceContext, logger: Logger): Promise<void> {
  const [open] = await context.db.select({ id: events.id }).from(events).where(isNull(events.handledAt)).limit(1);
  if (open === undefined) return;
  while ((await dispatchEvents(context, logger)) === batch);
}

async function handle(
  tx: Transaction,
  context: ServiceContext,
  event: EventRow,
  listeners: readonly (typeof channels.$inferSelect)[],
): Promise<void> {
  await forwardEvent(tx, context, event, listeners);
  await alertOfEvent(tx, context, event);
}

import { and, eq, sql } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { schedules } from "#lib/db/schema/schedules";
import { slots } from "#lib/db/schema/slots";
import { sources } from "#lib/db/schema/sources";
import type { Logger } from "#lib/log/log";
import type { ServiceContext } from "../context.ts";
import { oneOf } from "../one-of.ts";
import { briefTransaction } from "./brief-transaction.ts";
import type { ScheduleRow } from "./dto.ts";
import { type SourcePause, slotsToMake, toSlotRow } from "./due-slots.ts";
import { isNotAmong, type Unreadable } from "./unreadable.ts";

const batch = 100;

type TakeOptions = {
  readonly cause: "not-running" | "clock-jump";
  /** What is left alone; those found now are added. */
  readonly unreadable: Unreadable;
  readonly logger: Logger;
};

/**
 * Makes the slots of schedules whose time has come, and moves each schedule to a time strictly later: both or neither. Takes a hundred schedules; gives how many
 * it moved, or will leave alone from now on. Rows that somebody else holds are left for the next look, so nobody ever waits for anybody here.
 */
export async function takeDue(context: ServiceContext, now: Date, options: TakeOptions): Promise<number> {
  return briefTransaction(context.db, async (tx) => {
    const rows = await lockDue(tx, now, options.unreadable);
    const made = rows.flatMap(({ schedule, source }) => {
      try {
        return [{ schedule, ...slotsToMake(schedule, source, now.getTime(), options.cause) }];
      } catch (error) {
        // A zone that this host does not know stops no other schedule, nor fills the batch again; another worker may know it.
        options.unreadable.set(schedule.id, schedule.version);
        options.logger.warn("a schedule cannot be read", { scheduleId: schedule.id, error });
        return [];
      }
    });
    const values = made.flatMap(({ schedule, due }) => due.map((slot) => toSlotRow(context, schedule, slot, now)));
    if (values.length > 0) await tx.insert(slots).values(values).onConflictDoNothing();
    if (made.length > 0) {
      const moves = JSON.stringify(made.map(({ schedule, next }) => ({ id: schedule.id, next: next === null ? null : new Date(next) })));
      await tx.execute(sql`
        update ${schedules} set next_due_at = moved.next from jsonb_to_recordset(${moves}::jsonb) as moved(id text, next timestamptz)
        where ${schedules.id} = moved.id
      `);
    }
    return rows.length;
  });
}

/** The schedules that are due, locked together with their sources against changes. */
async function lockDue(tx: Transaction, now: Date, unreadable: Unreadable): Promise<{ schedule: ScheduleRow; source: SourcePause }[]> {
  const found = await tx.execute<{ id: string }>(sql`
    select schedule.id from ${schedules} as schedule join ${sources} as source on source.id = schedule.source_id
    where schedule.next_due_at <= ${now.toISOString()}::timestamptz and ${isNotAmong(unreadable, sql.raw("schedule"))}
    order by schedule.next_due_at, schedule.id limit ${batch}
    for no key update of schedule skip locked
    for no key update of source skip locked
  `);
  if (found.length === 0) return [];
  return tx
    .select({
      schedule: schedules,
      source: { removedAt: sources.removedAt, pausedAt: sources.pausedAt, pausedUntil: sources.pausedUntil },
    })
    .from(schedules)
    .innerJoin(sources, eq(sources.id, schedules.sourceId))
    .where(
      and(
        oneOf(
          schedules.id,
          found.map(({ id }) => id),
        ),
        sql`${schedules.nextDueAt} is not null`,
      ),
    );
}

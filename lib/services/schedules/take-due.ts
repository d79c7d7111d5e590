import { and, eq, sql } from "drizzle-orm";
import { nextStart, startsBetween, type Timetable } from "#lib/cron/starts";
import type { Transaction } from "#lib/db/client";
import { schedules } from "#lib/db/schema/schedules";
import { slots } from "#lib/db/schema/slots";
import { sources } from "#lib/db/schema/sources";
import { makeId } from "#lib/domain/ids";
import { type DueSlot, slotsOfDue } from "#lib/domain/slot-due";
import type { Logger } from "#lib/log/log";
import type { ServiceContext } from "../context.ts";
import { oneOf } from "../one-of.ts";
import { briefTransaction } from "./brief-transaction.ts";
import { isNotAmong, type Unreadable } from "./unreadable.ts";

const batch = 100;
/** So many missed times of one schedule get a row; of a longer absence the newest ones. */
const longestPast = 400;

type ScheduleRow = typeof schedules.$inferSelect;
type SourcePause = { readonly removedAt: Date | null; readonly pausedAt: Date | null; readonly pausedUntil: Date | null };

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
    const values = made.flatMap(({ schedule, due }) => due.map((slot) => toRow(context, schedule, slot, now)));
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

/** What a due schedule leads to; one that is off, or of a removed source, to nothing any more. */
function slotsToMake(
  schedule: ScheduleRow,
  source: SourcePause,
  now: number,
  cause: "not-running" | "clock-jump",
): { due: DueSlot[]; next: number | null } {
  if (!schedule.enabled || source.removedAt !== null || schedule.nextDueAt === null) return { due: [], next: null };
  const next = nextStart(schedule, now);
  const due = slotsOfDue({
    rule: { ...schedule, scheduleId: schedule.id },
    nominals: pastStarts(schedule, schedule.nextDueAt.getTime(), now),
    next,
    now,
    pauses: {
      scheduleUntil: schedule.pausedUntil?.getTime() ?? null,
      source: source.pausedAt === null ? null : { since: source.pausedAt.getTime(), until: source.pausedUntil?.getTime() ?? null },
    },
    cause,
  });
  return { due, next };
}

const hourMs = 3_600_000;

/** The newest starts of a timetable from `first` to `now`, both inclusive; found backwards, because a clock may have jumped by years. */
export function pastStarts(timetable: Timetable, first: number, now: number): number[] {
  for (let span = hourMs; ; span *= 4) {
    const from = Math.max(first - 1, now - span);
    const found = startsBetween(timetable, from, now, longestPast * 16);
    if (found.length >= longestPast || from === first - 1) return found.slice(-longestPast);
  }
}

function toRow(context: ServiceContext, schedule: ScheduleRow, slot: DueSlot, now: Date): typeof slots.$inferInsert {
  return {
    id: makeId("slot", context.newUuid()),
    scheduleId: schedule.id,
    sourceId: schedule.sourceId,
    task: schedule.task,
    nominalAt: new Date(slot.nominalAt),
    state: slot.state,
    reason: slot.reason,
    late: slot.late,
    startAt: new Date(slot.startAt),
    expiresAt: new Date(slot.expiresAt),
    settledAt: slot.state === "waiting" ? null : now,
  };
}

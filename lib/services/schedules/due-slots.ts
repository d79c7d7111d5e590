import { and, eq, lte } from "drizzle-orm";
import { nextStart, startsBetween, type Timetable } from "#lib/cron/starts";
import type { Transaction } from "#lib/db/client";
import { schedules } from "#lib/db/schema/schedules";
import { slots } from "#lib/db/schema/slots";
import { makeId } from "#lib/domain/ids";
import { type DueSlot, slotsOfDue } from "#lib/domain/slot-due";
import type { ServiceContext } from "../context.ts";
import type { ScheduleRow } from "./dto.ts";
import { readOr } from "./unreadable.ts";

/** So many missed times of one schedule get a row; of a longer absence the newest ones. */
const longestPast = 400;

export type SourcePause = { readonly removedAt: Date | null; readonly pausedAt: Date | null; readonly pausedUntil: Date | null };

/**
 * Makes the slots of a schedule's times that have come and that no worker has looked at, as it was until now: before it is changed or removed, which would
 * forget them. One that is removed starts nothing any more: what nobody saw in time was missed. The caller holds the schedule and its source locked, and
 * writes down when it is due next.
 */
export async function recordPast(
  tx: Transaction,
  context: ServiceContext,
  of: { readonly schedule: ScheduleRow; readonly source: SourcePause; readonly isLeaving: boolean },
  now: Date,
): Promise<void> {
  const { schedule, source, isLeaving } = of;
  const values = lookBack(schedule, source, now).due.map((slot) => {
    const isMissed = isLeaving && slot.state === "waiting" && slot.late;
    return toSlotRow(context, schedule, isMissed ? { ...slot, state: "missed" } : slot, now);
  });
  if (values.length > 0) await tx.insert(slots).values(values).onConflictDoNothing();
}

/**
 * The same for all schedules of a source whose pause is about to change, as the source was until now: what fell into the old pause was meant not to run, and
 * what came before or after it was not. Moves them to their next times, as a worker would have. The caller holds the source locked.
 */
export async function recordPastOfSource(
  tx: Transaction,
  context: ServiceContext,
  source: SourcePause & { readonly id: string },
  now: Date,
): Promise<void> {
  const rows = await tx
    .select()
    .from(schedules)
    .where(and(eq(schedules.sourceId, source.id), lte(schedules.nextDueAt, now)))
    .orderBy(schedules.id)
    .for("update");
  for (const schedule of rows) {
    await recordPast(tx, context, { schedule, source, isLeaving: false }, now);
    const { next } = lookBack(schedule, source, now);
    await tx
      .update(schedules)
      .set({ nextDueAt: next === null ? null : new Date(next) })
      .where(eq(schedules.id, schedule.id));
  }
}

/** One that this host cannot read keeps its time: another host may know what it missed. */
function lookBack(schedule: ScheduleRow, source: SourcePause, now: Date): { due: DueSlot[]; next: number | null } {
  const asItIs = { due: [], next: schedule.nextDueAt?.getTime() ?? null };
  if (schedule.nextDueAt === null || schedule.nextDueAt > now) return asItIs;
  return readOr(() => slotsToMake(schedule, source, now.getTime(), "not-running"), asItIs);
}

/** What a due schedule leads to; one that is off, or of a removed source, to nothing any more. */
export function slotsToMake(
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

/** Looked at together; more are too many to see where they end. */
const mostAtOnce = longestPast * 16;

/**
 * The newest starts of a timetable from `first` to `now`, both inclusive; found backwards, because a clock may have jumped by years. A span in which there
 * are more than can be looked at is cut at its end, where the newest are: then a shorter one is taken, between it and the last that held too few.
 */
export function pastStarts(timetable: Timetable, first: number, now: number): number[] {
  let tooShort = 0;
  let tooLong: number | null = null;
  for (let span = hourMs; ; span = tooLong === null ? span * 4 : Math.ceil((tooShort + tooLong) / 2)) {
    const from = Math.max(first - 1, now - span);
    const found = startsBetween(timetable, from, now, mostAtOnce);
    if (found.length === mostAtOnce) tooLong = now - from;
    else if (found.length >= longestPast || from === first - 1) return found.slice(-longestPast);
    else tooShort = span;
  }
}

export function toSlotRow(context: ServiceContext, schedule: ScheduleRow, slot: DueSlot, now: Date): typeof slots.$inferInsert {
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

import { eq } from "drizzle-orm";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type { ScheduleDto, updateSchedule as contract } from "#lib/contracts/schedules";
import { nextStart, type Timetable } from "#lib/cron/starts";
import type { Transaction } from "#lib/db/client";
import { schedules } from "#lib/db/schema/schedules";
import { LifeboatError } from "#lib/domain/error";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { refuseStale, requireVersion } from "../require-version.ts";
import type { SourceRow } from "../sources/dto.ts";
import { lockSource } from "../sources/load.ts";
import { readCatalogueClock } from "./clock.ts";
import { auditedSchedule, auditName, loadSchedule, type ScheduleRow } from "./dto.ts";
import { recordPast } from "./due-slots.ts";
import { writeExpectedEvery } from "./expected.ts";
import { isUnreadable, readOr } from "./unreadable.ts";

type Body = EndpointInput<typeof contract>["body"];

/**
 * Changes, pauses or resumes a schedule. A slot that waits already keeps its time; it looks at the new settings when it starts. What came due before and was
 * seen by no worker is kept as it was planned. Throws `not-found`, `version-required`, `version-conflict`, `cron-invalid`, `cron-never`, `invalid-input` for a
 * zone of before that this host does not know, where the times are to be worked out in it.
 */
export async function updateSchedule(
  context: ServiceContext,
  { params, body, ifMatch }: EndpointInput<typeof contract>,
): Promise<ScheduleDto> {
  authorise(context, "policies:write");
  const expected = requireVersion(ifMatch);
  return context.db.transaction(async (tx) => {
    const { schedule, source } = await lockSchedule(tx, params.id);
    refuseStale("schedule", schedule.version, expected);
    const now = await readCatalogueClock(tx);
    const { pausedUntil, ...fields } = body;
    const nextDueAt = nextAfterChange(schedule, fields, now);
    await recordPast(tx, context, { schedule, source, isLeaving: false }, now);
    const [after] = await tx
      .update(schedules)
      .set({
        ...fields,
        ...(pausedUntil === undefined ? {} : { pausedUntil: pausedUntil === null ? null : new Date(pausedUntil) }),
        nextDueAt,
        version: schedule.version + 1,
        updatedAt: now,
      })
      .where(eq(schedules.id, params.id))
      .returning();
    if (after === undefined) throw new Error("the update returned no row");
    await recordAudit(tx, context, {
      action: actionOf(schedule, after, Object.keys(fields).length, now),
      targetType: "schedule",
      targetId: after.id,
      targetName: auditName(after, source.name),
      before: auditedSchedule(schedule),
      after: auditedSchedule(after),
    });
    await writeExpectedEvery(tx, source.id, now);
    return loadSchedule(tx, after.id, now);
  });
}

/** A schedule and its source, locked in the order that all of schedules' verbs keep: the source first. Throws `not-found`. */
export async function lockSchedule(tx: Transaction, id: string): Promise<{ schedule: ScheduleRow; source: SourceRow }> {
  const [known] = await tx.select({ sourceId: schedules.sourceId }).from(schedules).where(eq(schedules.id, id));
  if (known === undefined) throw new LifeboatError("not-found", { entity: "schedule", id });
  const source = await lockSource(tx, known.sourceId);
  const [schedule] = await tx.select().from(schedules).where(eq(schedules.id, id)).for("update");
  if (schedule === undefined) throw new LifeboatError("not-found", { entity: "schedule", id });
  return { schedule, source };
}

/** The times that are due already have their slots by now. */
function nextAfterChange(schedule: ScheduleRow, fields: Omit<Body, "pausedUntil">, now: Date): Date | null {
  const after = { ...schedule, ...fields };
  const isSame = after.cron === schedule.cron && after.timeZone === schedule.timeZone;
  if (isSame && !after.enabled) return null;
  if (isSame && schedule.enabled) {
    if (schedule.nextDueAt === null || schedule.nextDueAt > now) return schedule.nextDueAt;
    // One that this host cannot read stays due: another host may know what it missed.
    return readOr(() => toDate(nextStart(after, now.getTime())), schedule.nextDueAt);
  }
  // Also of one that is switched off: it is refused now rather than when it is switched on.
  const next = nextOrRefusal(after, now);
  return after.enabled ? next : null;
}

function nextOrRefusal(after: Timetable, now: Date): Date | null {
  try {
    return toDate(nextStart(after, now.getTime()));
  } catch (error) {
    if (error instanceof LifeboatError || !isUnreadable(error)) throw error;
    throw new LifeboatError("invalid-input", { issues: "timeZone: one that this host knows" }, { cause: error });
  }
}

function toDate(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms);
}

function actionOf(before: ScheduleRow, after: ScheduleRow, otherFields: number, now: Date): string {
  const wasPaused = before.pausedUntil !== null && before.pausedUntil > now;
  const isPaused = after.pausedUntil !== null && after.pausedUntil > now;
  if (otherFields > 0 || wasPaused === isPaused) return "schedule.update";
  return isPaused ? "schedule.pause" : "schedule.resume";
}

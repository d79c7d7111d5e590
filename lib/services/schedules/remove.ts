import { and, eq, inArray } from "drizzle-orm";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type { deleteSchedule as contract } from "#lib/contracts/schedules";
import type { Transaction } from "#lib/db/client";
import { schedules } from "#lib/db/schema/schedules";
import { slots } from "#lib/db/schema/slots";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { refuseStale, requireVersion } from "../require-version.ts";
import { readCatalogueClock } from "./clock.ts";
import { auditedSchedule, auditName, type ScheduleRow } from "./dto.ts";
import { recordPast, type SourcePause } from "./due-slots.ts";
import { writeExpectedEvery } from "./expected.ts";
import { lockSchedule } from "./update.ts";

/** Removes a schedule; its slots stay in the calendar, what it started goes on. Throws `not-found`, `version-required`, `version-conflict`. */
export async function deleteSchedule(context: ServiceContext, { params, ifMatch }: EndpointInput<typeof contract>): Promise<null> {
  authorise(context, "policies:write");
  const expected = requireVersion(ifMatch);
  return context.db.transaction(async (tx) => {
    const { schedule, source } = await lockSchedule(tx, params.id);
    refuseStale("schedule", schedule.version, expected);
    const now = await readCatalogueClock(tx);
    await dropSchedules(tx, context, [schedule], source, now);
    await writeExpectedEvery(tx, source.id, now);
    return null;
  });
}

/** Deletes schedules that the caller holds locked, with their source, and calls off what still waits for its start. */
export async function dropSchedules(
  tx: Transaction,
  context: ServiceContext,
  rows: readonly ScheduleRow[],
  source: SourcePause & { readonly name: string },
  now: Date,
): Promise<void> {
  if (rows.length === 0) return;
  for (const schedule of rows) await recordPast(tx, context, { schedule, source, isLeaving: true }, now);
  const ids = rows.map(({ id }) => id);
  await tx
    .update(slots)
    .set({ state: "skipped", reason: "paused", settledAt: now })
    .where(and(inArray(slots.scheduleId, ids), eq(slots.state, "waiting")));
  await tx.delete(schedules).where(inArray(schedules.id, ids));
  for (const row of rows) {
    await recordAudit(tx, context, {
      action: "schedule.delete",
      targetType: "schedule",
      targetId: row.id,
      targetName: auditName(row, source.name),
      before: auditedSchedule(row),
    });
  }
}

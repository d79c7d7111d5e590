import type { EndpointInput } from "#lib/contracts/endpoint";
import type { createSchedule as contract } from "#lib/contracts/schedules";
import { nextStart } from "#lib/cron/starts";
import type { Transaction } from "#lib/db/client";
import { schedules } from "#lib/db/schema/schedules";
import { makeId } from "#lib/domain/ids";
import { recordAudit } from "../audit/record.ts";
import type { ServiceContext } from "../context.ts";
import { auditedSchedule, auditName, type ScheduleRow } from "./dto.ts";

export type NewSchedule = EndpointInput<typeof contract>["body"];

/**
 * Writes one schedule of a source that the caller holds locked, with its audit row. Throws `cron-invalid`, `cron-never`. Write the source's expectation
 * (`writeExpectedEvery`) when all of its changes are done.
 */
export async function insertSchedule(
  tx: Transaction,
  context: ServiceContext,
  input: NewSchedule,
  source: { readonly name: string },
  now: Date,
): Promise<ScheduleRow> {
  const next = nextStart(input, now.getTime());
  const [row] = await tx
    .insert(schedules)
    .values({
      id: makeId("schedule", context.newUuid()),
      ...input,
      nextDueAt: input.enabled && next !== null ? new Date(next) : null,
      createdAt: now,
      updatedAt: now,
    })
    .returning();
  if (row === undefined) throw new Error("the insert returned no row");
  await recordAudit(tx, context, {
    action: "schedule.create",
    targetType: "schedule",
    targetId: row.id,
    targetName: auditName(row, source.name),
    after: auditedSchedule(row),
  });
  return row;
}

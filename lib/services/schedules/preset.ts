import { eq } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type { applySchedulePreset as contract } from "#lib/contracts/schedules";
import type { Transaction } from "#lib/db/client";
import { retentionPolicies } from "#lib/db/schema/retention-policies";
import { schedules } from "#lib/db/schema/schedules";
import { sources } from "#lib/db/schema/sources";
import { presetPolicies, presetSchedules } from "#lib/domain/schedule-presets";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { auditedSource, type SourceRow } from "../sources/dto.ts";
import { lockSource } from "../sources/load.ts";
import { readCatalogueClock } from "./clock.ts";
import { findSchedules, toScheduleDtos } from "./dto.ts";
import { writeExpectedEvery } from "./expected.ts";
import { insertSchedule } from "./insert.ts";
import { dropSchedules } from "./remove.ts";

/**
 * Puts the offered schedules in the place of a source's schedules. A source that keeps everything gets the built-in policy that fits them only when that is
 * asked for: "keep everything" may have been somebody's choice, and a policy begins to delete. Throws `not-found`.
 */
export async function applySchedulePreset(
  context: ServiceContext,
  { params, body }: EndpointInput<typeof contract>,
): Promise<EndpointOutput<typeof contract>> {
  authorise(context, "policies:write");
  const { preset, timeZone, time, retention } = body;
  return context.db.transaction(async (tx) => {
    const source = await lockSource(tx, params.id);
    const now = await readCatalogueClock(tx);
    const before = await tx.select().from(schedules).where(eq(schedules.sourceId, source.id)).for("update");
    await dropSchedules(tx, context, before, source, now);
    for (const offered of presetSchedules(preset, time)) {
      await insertSchedule(tx, context, { ...usual, ...offered, sourceId: source.id, timeZone }, source, now);
    }
    await writeExpectedEvery(tx, source.id, now);
    if (retention && source.retentionPolicyId === null) await givePolicy(tx, context, source, presetPolicies[preset], now);
    return { items: await toScheduleDtos(tx, await findSchedules(tx, eq(schedules.sourceId, source.id)), now) };
  });
}

const usual = {
  windowMinutes: null,
  jitterSeconds: 0,
  enabled: true,
  workerGroup: null,
  onMissed: "catch-up",
  onOverlap: "wait",
  retries: 2,
  retryMinutes: 5,
} as const;

async function givePolicy(tx: Transaction, context: ServiceContext, source: SourceRow, policyId: string, now: Date): Promise<void> {
  const [known] = await tx.select({ id: retentionPolicies.id }).from(retentionPolicies).where(eq(retentionPolicies.id, policyId));
  if (known === undefined) return;
  const [after] = await tx
    .update(sources)
    .set({ retentionPolicyId: policyId, version: source.version + 1, updatedAt: now })
    .where(eq(sources.id, source.id))
    .returning();
  if (after === undefined) throw new Error("the update returned no row");
  await recordAudit(tx, context, {
    action: "source.update",
    targetType: "source",
    targetId: source.id,
    targetName: source.name,
    before: auditedSource(source),
    after: auditedSource(after),
  });
}

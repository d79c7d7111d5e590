import { eq } from "drizzle-orm";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/sources";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError } from "#lib/domain/error";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { refuseStale, requireVersion } from "../require-version.ts";
import { readCatalogueClock } from "../schedules/clock.ts";
import { recordPastOfSource } from "../schedules/due-slots.ts";
import { auditedSource, type SourceRow } from "./dto.ts";
import { loadSource, lockSource } from "./load.ts";
import { refuseUnknownPolicy } from "./retention-of-new.ts";

/** Pausing has names of its own in the audit trail: that is what people look for there. */
function actionOf(before: SourceRow, after: SourceRow, otherFields: number): string {
  const wasPaused = before.pausedAt !== null;
  const isPaused = after.pausedAt !== null;
  if (otherFields > 0 || wasPaused === isPaused) return "source.update";
  return isPaused ? "source.pause" : "source.resume";
}

/** A file is copied whole. */
function refuseLeavingOut(row: SourceRow, fields: EndpointInput<typeof contract.updateSource>["body"]): void {
  const leavesOut = (fields.excludedSchemas ?? []).length > 0 || (fields.excludedTables ?? []).length > 0;
  if (row.engine === "sqlite" && leavesOut)
    throw new LifeboatError("invalid-input", { issues: "excludedTables: a file is backed up whole" });
}

type PauseChange = { readonly paused: boolean | undefined; readonly pausedUntil: string | null | undefined };

/** The pause after a change. A new one lasts until somebody ends it, unless it says when; one that goes on keeps its end, unless it gets another. */
function pauseAfter(row: SourceRow, change: PauseChange, now: Date): Pick<SourceRow, "pausedAt" | "pausedUntil"> {
  const until = typeof change.pausedUntil === "string" ? new Date(change.pausedUntil) : change.pausedUntil;
  if (until instanceof Date && until <= now) throw new LifeboatError("invalid-input", { issues: "pausedUntil: a time to come" });
  const isPaused = change.paused ?? (row.pausedAt !== null || until instanceof Date);
  if (!isPaused) return { pausedAt: null, pausedUntil: null };
  return { pausedAt: row.pausedAt ?? now, pausedUntil: until === undefined ? row.pausedUntil : until };
}

function isSamePause(row: SourceRow, { pausedAt, pausedUntil }: Pick<SourceRow, "pausedAt" | "pausedUntil">): boolean {
  return row.pausedAt?.getTime() === pausedAt?.getTime() && row.pausedUntil?.getTime() === pausedUntil?.getTime();
}

/**
 * Changes, pauses (also until a time) or resumes a source. A running backup goes on; what came due before and was seen by no worker is kept as the pause of
 * then had it. Throws `not-found` (also for a policy), `version-required`, `version-conflict`, `invalid-input` for a pause that ends in the past.
 */
export async function updateSource(
  context: ServiceContext,
  input: EndpointInput<typeof contract.updateSource>,
): Promise<contract.SourceDto> {
  authorise(context, "sources:write");
  const { id } = input.params;
  const expected = requireVersion(input.ifMatch);
  const { paused, pausedUntil, ...fields } = input.body;
  return context.db.transaction(async (tx) => {
    const row = await lockSource(tx, id);
    refuseStale("source", row.version, expected);
    refuseLeavingOut(row, fields);
    await refuseUnknownPolicy(tx, fields.retentionPolicyId);
    const now = context.now();
    const pause = pauseAfter(row, { paused, pausedUntil }, now);
    if (!isSamePause(row, pause)) await recordPastOfSource(tx, context, row, await readCatalogueClock(tx));
    const [after] = await tx
      .update(sources)
      .set({ ...fields, ...pause, version: row.version + 1, updatedAt: now })
      .where(eq(sources.id, id))
      .returning();
    if (after === undefined) throw new Error("the update returned no row");
    await recordAudit(tx, context, {
      action: actionOf(row, after, Object.keys(fields).length),
      targetType: "source",
      targetId: id,
      targetName: after.name,
      before: auditedSource(row),
      after: auditedSource(after),
    });
    return loadSource(tx, id, now);
  });
}

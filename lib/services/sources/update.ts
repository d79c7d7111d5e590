import { eq } from "drizzle-orm";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/sources";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError } from "#lib/domain/error";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { refuseStale, requireVersion } from "../require-version.ts";
import { auditedSource, type SourceRow } from "./dto.ts";
import { loadSource, lockSource } from "./load.ts";

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

/** Changes, pauses or resumes a source. Throws `not-found`, `version-required`, `version-conflict`. A running backup goes on. */
export async function updateSource(
  context: ServiceContext,
  input: EndpointInput<typeof contract.updateSource>,
): Promise<contract.SourceDto> {
  authorise(context, "sources:write");
  const { id } = input.params;
  const expected = requireVersion(input.ifMatch);
  const { paused, ...fields } = input.body;
  return context.db.transaction(async (tx) => {
    const row = await lockSource(tx, id);
    refuseStale("source", row.version, expected);
    refuseLeavingOut(row, fields);
    const now = context.now();
    const pausedAt = paused === undefined ? row.pausedAt : paused ? (row.pausedAt ?? now) : null;
    const [after] = await tx
      .update(sources)
      .set({ ...fields, pausedAt, version: row.version + 1, updatedAt: now })
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

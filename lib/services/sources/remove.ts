import { and, eq, inArray, ne } from "drizzle-orm";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/sources";
import type { Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { runs } from "#lib/db/schema/runs";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError } from "#lib/domain/error";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import { startRemovals } from "../backups/remove.ts";
import type { ServiceContext } from "../context.ts";
import { refuseOpenDrillOf } from "../drills/refuse-open.ts";
import { refuseStale, requireVersion } from "../require-version.ts";
import type { RunRow } from "../runs/start.ts";
import { auditedSource } from "./dto.ts";
import { lockSource } from "./load.ts";

async function refuseActive(tx: Transaction, sourceId: string): Promise<void> {
  const [active] = await tx
    .select({ id: runs.id, type: runs.type })
    .from(runs)
    .where(and(eq(runs.sourceId, sourceId), inArray(runs.state, ["queued", "running"]), eq(runs.isProbe, false)))
    .limit(1);
  if (active !== undefined) throw new LifeboatError("run-active", { runId: active.id, type: active.type });
}

/** One removal run for each chain, dependents first. A pinned backup refuses the whole. */
async function removeBackups(tx: Transaction, context: ServiceContext, sourceId: string): Promise<{ started: RunRow[]; count: number }> {
  const rows = await tx
    .select({ id: backups.id })
    .from(backups)
    .where(and(eq(backups.sourceId, sourceId), ne(backups.state, "writing"), ne(backups.state, "deleting")));
  const ids = rows.map((row) => row.id);
  const trigger = context.actor.type === "token" ? "api" : "manual";
  return { started: await startRemovals(tx, context, { ids, trigger }), count: ids.length };
}

/**
 * Removes a source. `backups=keep`: they stay listed and restorable; `backups=delete`: runs remove them (the caller must be allowed
 * to delete backups). Throws `not-found`, `version-required`, `version-conflict`, `run-active` { runId, type }, `drill-open` { drillId }, `backup-pinned`.
 */
export async function deleteSource(context: ServiceContext, input: EndpointInput<typeof contract.deleteSource>): Promise<null> {
  authorise(context, "sources:write");
  const isDeletingBackups = input.query.backups === "delete";
  if (isDeletingBackups) authorise(context, "backups:delete");
  const { id } = input.params;
  const expected = requireVersion(input.ifMatch);
  const started = await context.db.transaction(async (tx) => {
    const row = await lockSource(tx, id);
    refuseStale("source", row.version, expected);
    await refuseActive(tx, id);
    await refuseOpenDrillOf(tx, id);
    const removals = isDeletingBackups ? await removeBackups(tx, context, id) : { started: [], count: 0 };
    const now = context.now();
    await tx
      .update(sources)
      .set({ removedAt: now, updatedAt: now, version: row.version + 1 })
      .where(eq(sources.id, id));
    await recordAudit(tx, context, {
      action: "source.delete",
      targetType: "source",
      targetId: id,
      targetName: row.name,
      before: { ...auditedSource(row), backups: isDeletingBackups ? `${removals.count} to delete` : "kept" },
    });
    return removals.started;
  });
  for (const run of started) await context.wake(run.id, run.workerGroup);
  return null;
}

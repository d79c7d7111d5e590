import { and, eq, inArray } from "drizzle-orm";
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

type When = EndpointInput<typeof contract.deleteSource>["query"]["when"];

/** One removal run for each chain, dependents first. What is in the trash already waits there for its time. A pinned backup refuses the whole. */
async function removeBackups(tx: Transaction, context: ServiceContext, request: { sourceId: string; when: When }) {
  const isForGood = request.when === "now";
  const rows = await tx
    .select({ id: backups.id })
    .from(backups)
    .where(and(eq(backups.sourceId, request.sourceId), inArray(backups.state, isForGood ? ["available", "trashed"] : ["available"])));
  const started = await startRemovals(tx, context, {
    ids: rows.map((row) => row.id),
    trigger: context.actor.type === "token" ? "api" : "manual",
    trash: isForGood ? null : "source-deleted",
  });
  return { started, told: `${rows.length} ${isForGood ? "to delete" : "to the trash"}` };
}

/**
 * Removes a source. `backups=keep`: they stay listed and restorable; `backups=delete`: runs move them to the trash, or with `when=now` remove
 * them for good (the caller must be allowed to delete backups). Throws `not-found`, `version-required`, `version-conflict`, `run-active` { runId, type }, `drill-open` { drillId }, `backup-pinned`.
 */
export async function deleteSource(context: ServiceContext, input: EndpointInput<typeof contract.deleteSource>): Promise<null> {
  authorise(context, "sources:write");
  const { when } = input.query;
  const isDeletingBackups = input.query.backups === "delete";
  if (isDeletingBackups) authorise(context, "backups:delete");
  const { id } = input.params;
  const expected = requireVersion(input.ifMatch);
  const started = await context.db.transaction(async (tx) => {
    const row = await lockSource(tx, id);
    refuseStale("source", row.version, expected);
    await refuseActive(tx, id);
    await refuseOpenDrillOf(tx, id);
    const removals = isDeletingBackups ? await removeBackups(tx, context, { sourceId: id, when }) : { started: [], told: "kept" };
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
      before: { ...auditedSource(row), backups: removals.told },
    });
    return removals.started;
  });
  for (const run of started) await context.wake(run.id, run.workerGroup);
  return null;
}

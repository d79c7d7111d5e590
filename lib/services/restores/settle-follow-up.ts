import { eq } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { replacements } from "#lib/db/schema/replacements";
import { restores } from "#lib/db/schema/restores";
import { runs } from "#lib/db/schema/runs";
import { keptDatabase, whoAnswers } from "#lib/domain/replacement-state";
import { recordAudit } from "../audit/record.ts";
import type { ServiceContext } from "../context.ts";
import { databaseNow } from "../runs/lease.ts";
import { actAs } from "../runs/work.ts";
import type { DatabaseRestore, ReplacementRow } from "./rows.ts";
import { type Settling, type Unsettled, warn } from "./settling.ts";

/** After a replacement: an undo or a clean-up whose run is over is settled by what the server has. Done twice it does nothing. */
export async function settleFollowUp(settling: Settling, open: Unsettled): Promise<void> {
  if (open.replacement.answers === "unsettled") await settleUndo(settling, open);
  else if (open.restore.facts["cleaning"] === true) await settleCleanUp(settling, open);
}

async function settleUndo({ db, deps, engineContext }: Settling, { restore, replacement, request }: Unsettled): Promise<void> {
  const { restoredName } = replacement;
  const names = restoredName === null ? [restore.database] : [restore.database, restoredName];
  const ids = await deps.engine.databaseIds(request.address, names, engineContext);
  const answer = whoAnswers(replacement, ids.get(restore.database));
  // The restored copy under the name that it was to be kept as says it too, whoever may have the name since.
  const isUndone =
    restoredName !== null && (answer === "old" || (replacement.newOid !== null && ids.get(restoredName) === replacement.newOid));
  await db.transaction(async (tx) => {
    const now = await lockReplacement(tx, replacement);
    if (now?.answers !== "unsettled") return;
    if (isUndone && now.undoneAt !== null) {
      await tx.update(replacements).set({ answers: "undone" }).where(eq(replacements.restoreId, restore.id));
      return;
    }
    if (isUndone) {
      const context = await contextOfFollowUp(tx, deps, now);
      await recordUndone(tx, context, { restore, replacement: now, finishedBy: "sweep" });
      await warn(tx, now.followUpRunId ?? restore.runId, "the run ended after the names had been swapped back: the old database answers");
      return;
    }
    // Not undone. The name that was meant stays: a worker that was taken for dead may come back and have done it after all.
    await tx.update(replacements).set({ answers: "new" }).where(eq(replacements.restoreId, restore.id));
  });
}

async function settleCleanUp({ db, deps, engineContext }: Settling, { restore, replacement, request }: Unsettled): Promise<void> {
  const kept = keptDatabase(replacement);
  const ids = kept === null ? null : await deps.engine.databaseIds(request.address, [kept.name], engineContext);
  const isGone = kept !== null && ids?.get(kept.name) !== kept.oid;
  await db.transaction(async (tx) => {
    const now = await lockReplacement(tx, replacement);
    if (now === null) return;
    if (isGone && now.cleanedAt === null) {
      await recordCleaned(tx, await contextOfFollowUp(tx, deps, now), { restore, replacement: now, finishedBy: "sweep" });
    }
    await tx.update(restores).set({ facts: {} }).where(eq(restores.id, restore.id));
  });
}

/** Null when another follow-up was begun since: what was asked before it says nothing. */
async function lockReplacement(tx: Transaction, { restoreId, followUpRunId }: ReplacementRow): Promise<ReplacementRow | null> {
  const [row] = await tx.select().from(replacements).where(eq(replacements.restoreId, restoreId)).for("update");
  return row?.followUpRunId === followUpRunId ? row : null;
}

async function contextOfFollowUp(tx: Transaction, deps: Settling["deps"], row: ReplacementRow): Promise<ServiceContext> {
  const [run] = await tx
    .select()
    .from(runs)
    .where(eq(runs.id, row.followUpRunId ?? ""));
  return run === undefined ? deps.context : actAs(deps, run);
}

type Recorded = { restore: DatabaseRestore; replacement: ReplacementRow; finishedBy: "run" | "sweep" };

/** The old database answers again: row and audit, in the transaction that ends the run or that finds a dead run's work done. */
export async function recordUndone(
  tx: Transaction,
  context: ServiceContext,
  { restore, replacement, finishedBy }: Recorded,
): Promise<void> {
  await tx.update(replacements).set({ answers: "undone", undoneAt: databaseNow }).where(eq(replacements.restoreId, restore.id));
  await recordAudit(tx, context, {
    action: "restore.undo",
    targetType: "restore",
    targetId: restore.id,
    targetName: restore.database,
    after: {
      runId: replacement.followUpRunId,
      database: restore.database,
      keptName: replacement.keptName,
      restoredName: replacement.restoredName,
      finishedBy,
    },
  });
}

/** What was kept is removed. */
export async function recordCleaned(
  tx: Transaction,
  context: ServiceContext,
  { restore, replacement, finishedBy }: Recorded,
): Promise<void> {
  await tx.update(replacements).set({ cleanedAt: databaseNow }).where(eq(replacements.restoreId, restore.id));
  await tx.update(restores).set({ facts: {} }).where(eq(restores.id, restore.id));
  await recordAudit(tx, context, {
    action: "restore.clean-up",
    targetType: "restore",
    targetId: restore.id,
    targetName: restore.database,
    before: { runId: replacement.followUpRunId, kept: keptDatabase(replacement)?.name ?? null, finishedBy },
  });
}

import { and, count, inArray, ne } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { LifeboatError } from "#lib/domain/error";
import { dependentsOf } from "#lib/domain/removal-order";
import { findInUse } from "../policies/load-candidates.ts";
import { holdSource } from "../policies/evaluate.ts";
import { findPolicyOf } from "../policies/load.ts";
import { moveToTrash } from "../policies/trash.ts";
import { finishRun } from "../runs/finish.ts";
import { assertLease } from "../runs/lease.ts";
import { actAs, type RunWork } from "../runs/work.ts";
import { loadChainEdges } from "./dependents.ts";
import { removeOrder } from "./remove-order.ts";

/** Days in the trash where no policy says how many. */
export const usualGraceDays = 3;

/**
 * Moves backups of a chain to the trash because a person said so, all or none; one that is there already stays as it is. Throws `not-found` when the
 * run's own backup is gone, `chain-locked` while one of them is in use, `backup-pinned`, and `backup-has-dependents` { count } when something that
 * stays needs one.
 */
export async function executeToTrash(work: RunWork): Promise<void> {
  const { run, deps, db, lease, reporter } = work;
  const id = run.backupId ?? "";
  const sourceId = run.sourceId ?? "";
  const { also, trashReason } = removeOrder.parse(run.input);
  await reporter.setStep("prepare", { state: "running" });
  await db.transaction(async (tx) => {
    await holdSource(tx, sourceId);
    const asked = await tx
      .select()
      .from(backups)
      .where(inArray(backups.id, [id, ...also]));
    const own = asked.find((row) => row.id === id);
    if (own === undefined || own.state === "deleting") throw new LifeboatError("not-found", { entity: "backup", id });
    const rows = asked.filter((row) => row.state === "available");
    if (rows.some((row) => row.pinned)) throw new LifeboatError("backup-pinned");
    const left = await countLeft(tx, own.chainId, rows);
    if (left > 0) throw new LifeboatError("backup-has-dependents", { count: left });
    const [used] = await findInUse(tx, rows, run.id);
    if (used !== undefined) throw new LifeboatError("chain-locked", { chainId: own.chainId, by: used });
    const policy = await findPolicyOf(tx, sourceId);
    await moveToTrash(tx, actAs(deps, run), {
      ids: rows.map((row) => row.id),
      reason: () => trashReason,
      graceDays: policy?.graceDays ?? usualGraceDays,
      runId: run.id,
    });
    await assertLease(tx, lease);
    await finishRun(tx, lease, { state: "succeeded" });
  });
}

/** How many others that are not in the trash need one of these. */
async function countLeft(tx: Transaction, chainId: string, rows: readonly { readonly id: string }[]): Promise<number> {
  const needing = dependentsOf(
    rows.map((row) => row.id),
    await loadChainEdges(tx, chainId),
  );
  if (needing.size === 0) return 0;
  const [found] = await tx
    .select({ left: count() })
    .from(backups)
    .where(and(inArray(backups.id, [...needing]), ne(backups.state, "trashed")));
  return found?.left ?? 0;
}

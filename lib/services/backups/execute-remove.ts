import { eq } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { LifeboatError } from "#lib/domain/error";
import { recordAudit } from "../audit/record.ts";
import { lockChain } from "../chains/lock.ts";
import { refuseNeededByReplacement } from "../restores/refuse-needed.ts";
import { finishRun } from "../runs/finish.ts";
import { assertLease } from "../runs/lease.ts";
import { actAs, type RunWork } from "../runs/work.ts";
import { countDependents } from "./dependents.ts";
import { discardBackup } from "./discard.ts";

/**
 * Removes a backup for good. The exclusive lock waits for nobody: while it is being verified, restored or downloaded the run fails
 * with `chain-locked` and nothing was lost. From the moment the row says `deleting` the removal is finished, if need be by a sweep.
 */
export async function executeRemove(work: RunWork): Promise<void> {
  const { run, deps, reporter, db } = work;
  const id = run.backupId ?? "";
  const backup = await reporter.step("prepare", async () => {
    const [found] = await db.select().from(backups).where(eq(backups.id, id));
    if (found === undefined) throw new LifeboatError("not-found", { entity: "backup", id });
    await deps.prepareDestination();
    await lockChain(db, { chainId: found.chainId, holder: run.id, mode: "exclusive", leaseMs: deps.leaseMs });
    return found;
  });
  work.signal.throwIfAborted();
  await reporter.setStep("remove", { state: "running" });
  await reporter.flush();
  await discardBackup(db, deps, id, {
    before: async (tx) => {
      await assertLease(tx, work.lease);
      await assertRemovable(tx, id);
    },
    after: async (tx) => {
      await assertLease(tx, work.lease);
      await recordAudit(tx, actAs(deps, run), {
        action: "backup.deleted",
        targetType: "backup",
        targetId: id,
        targetName: backup.fileName,
        before: { sourceId: backup.sourceId, snapshotAt: backup.snapshotAt, storedBytes: backup.storedBytes, runId: run.id },
      });
      await finishRun(tx, work.lease, { state: "succeeded" });
    },
  });
}

/** A pin, a dependent or a replacement may have come since the run was asked for. */
async function assertRemovable(tx: Transaction, id: string): Promise<void> {
  const [row] = await tx.select().from(backups).where(eq(backups.id, id)).for("update");
  if (row === undefined) throw new LifeboatError("not-found", { entity: "backup", id });
  if (row.pinned) throw new LifeboatError("backup-pinned");
  await refuseNeededByReplacement(tx, row);
  const dependents = await countDependents(tx, id);
  if (dependents > 0) throw new LifeboatError("backup-has-dependents", { count: dependents });
}

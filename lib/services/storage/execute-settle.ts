import { eq } from "drizzle-orm";
import { describeReason } from "#lib/contracts/describe-reason";
import { backupDependencies } from "#lib/db/schema/backup-dependencies";
import { orphanPacks } from "#lib/db/schema/orphan-packs";
import { packs } from "#lib/db/schema/packs";
import { LifeboatError, type Reason, reasonOf } from "#lib/domain/error";
import { readSidecar } from "#lib/repository/sidecar";
import { recordAudit } from "../audit/record.ts";
import { countUnknownDependents } from "../backups/unknown-dependents.ts";
import { finishRun } from "../runs/finish.ts";
import { assertLease } from "../runs/lease.ts";
import { actAs, type RunWork } from "../runs/work.ts";
import { adoptFromSidecar } from "../setup/rebuild-from-storage.ts";
import { problemOf } from "./judge-orphan.ts";

type Settlement = { readonly action: "import" | "remove"; readonly keys: readonly string[] };

/**
 * Takes orphans back, or removes them, one by one: what cannot be settled is said and does not stop the others. The run then fails with the
 * first reason.
 */
export async function executeSettle(work: RunWork, { action, keys }: Settlement): Promise<void> {
  const { db, reporter, lease, signal } = work;
  let failure: Reason | null = null;
  let settled = 0;
  await reporter.setStep("settle", { state: "running" });
  const inOrder = await oldestFirst(work, keys);
  for (const key of action === "import" ? inOrder : inOrder.toReversed()) {
    signal.throwIfAborted();
    try {
      await assertOrphan(work, key);
      await (action === "import" ? takeBack(work, key) : remove(work, key));
      settled += 1;
      reporter.log("info", `${key}: ${action === "import" ? "taken back" : "removed"}`);
    } catch (error) {
      signal.throwIfAborted();
      const reason = reasonOf(error);
      if (reason.code === "lease-lost" || reason.code === "internal") throw error;
      failure ??= reason;
      reporter.log("error", `${key}: ${describeReason(reason).message}`);
    }
  }
  await reporter.setStep("settle", { state: failure === null ? "done" : "failed", error: failure, facts: { settled, of: keys.length } });
  await reporter.flush();
  await db.transaction((tx) =>
    finishRun(tx, lease, { state: failure === null ? "succeeded" : "failed", error: failure, output: { settled } }),
  );
}

/** What others refer to is taken back first, and removed last. */
async function oldestFirst({ db }: RunWork, keys: readonly string[]): Promise<string[]> {
  const rows = await db.select({ key: orphanPacks.key, snapshotAt: orphanPacks.snapshotAt }).from(orphanPacks);
  const atOf = new Map(rows.map((row) => [row.key, row.snapshotAt?.getTime() ?? 0]));
  return keys.toSorted((left, right) => (atOf.get(left) ?? 0) - (atOf.get(right) ?? 0));
}

/** The scan named it, and no row tells of it by now. Throws `orphan-gone` { key }. */
async function assertOrphan({ db }: RunWork, key: string): Promise<void> {
  const [orphan] = await db.select({ key: orphanPacks.key }).from(orphanPacks).where(eq(orphanPacks.key, key));
  const [known] = await db.select({ id: packs.id }).from(packs).where(eq(packs.key, key));
  if (orphan === undefined || known !== undefined) throw new LifeboatError("orphan-gone", { key });
}

async function takeBack(work: RunWork, key: string): Promise<void> {
  const { db, deps, signal } = work;
  const { storage, id: destinationId } = deps.destination;
  const stored = await storage.stat(key);
  if (stored === null) throw new LifeboatError("orphan-gone", { key });
  const reading = await readSidecar(storage, key, deps.context.keyring);
  if (reading.state !== "trusted") throw new LifeboatError("sidecar-untrusted", { key });
  const problem = await problemOf(deps.destination, stored, reading.facts);
  if (problem !== null) throw new LifeboatError(problem.code, problem.params);
  const backupId = reading.facts.backup.id;
  const added = await adoptFromSidecar({ ...deps.context, db }, { storage, destinationId, signal }, { backupId, key });
  if (!added) throw new LifeboatError("pack-damaged", { key, detail: "it is not what its sidecar says" });
  await forget(work, key, { action: "orphan.imported", targetId: backupId });
}

async function remove(work: RunWork, key: string): Promise<void> {
  const { db, deps } = work;
  const dependents = await db
    .select({ id: backupDependencies.backupId })
    .from(backupDependencies)
    .where(eq(backupDependencies.packKey, key));
  const reading = await readSidecar(deps.destination.storage, key, deps.context.keyring);
  const going = new Set(reading.state === "trusted" ? [reading.facts.backup.id] : []);
  const count = dependents.length + (await countUnknownDependents(db, deps, { keys: [key], going }));
  if (count > 0) throw new LifeboatError("backup-has-dependents", { count });
  await deps.repository.removeSidecar(key);
  await deps.destination.storage.remove(key);
  await forget(work, key, { action: "orphan.removed", targetId: null });
}

async function forget(work: RunWork, key: string, told: { action: string; targetId: string | null }): Promise<void> {
  const { db, deps, run, lease } = work;
  await db.transaction(async (tx) => {
    await assertLease(tx, lease);
    await tx.delete(orphanPacks).where(eq(orphanPacks.key, key));
    await recordAudit(tx, actAs(deps, run), { ...told, targetType: "pack", targetName: key, after: { runId: run.id } });
  });
}

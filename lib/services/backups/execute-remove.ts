import { and, desc, eq, inArray } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { packs } from "#lib/db/schema/packs";
import { LifeboatError } from "#lib/domain/error";
import { removalOrder } from "#lib/domain/removal-order";
import { recordAudit } from "../audit/record.ts";
import { lockChain } from "../chains/lock.ts";
import { holdSource } from "../policies/evaluate.ts";
import { findInUse } from "../policies/load-candidates.ts";
import { refuseNeededByReplacement } from "../restores/refuse-needed.ts";
import { finishRun } from "../runs/finish.ts";
import { assertLease } from "../runs/lease.ts";
import { actAs, type RunWork } from "../runs/work.ts";
import { countDependents, loadChainEdges } from "./dependents.ts";
import { discardBackup } from "./discard.ts";
import { executeToTrash } from "./execute-to-trash.ts";
import { removeOrder } from "./remove-order.ts";
import { countUnknownDependents } from "./unknown-dependents.ts";

type Doomed = typeof backups.$inferSelect;

/**
 * Removes backups of a chain for good, newest and dependents first, so that whatever is left at any moment is whole. The exclusive lock waits for
 * nobody: while the chain is being verified, restored or downloaded, or a run that waits or an open gate needs one of them, the run fails with
 * `chain-locked`, and what it has not begun to remove stays. From the moment a row says `deleting` its removal is finished, if need be by a sweep.
 */
export async function executeRemove(work: RunWork): Promise<void> {
  const { reporter, db } = work;
  if (removeOrder.parse(work.run.input).toTrash) return executeToTrash(work);
  const doomed = await reporter.step("prepare", () => prepare(work));
  await reporter.setStep("remove", { state: "running" });
  await reporter.flush();
  const last = doomed.at(-1);
  for (const [index, backup] of doomed.entries()) {
    work.signal.throwIfAborted();
    await remove(work, backup, async (tx) => {
      if (backup === last) await finishRun(tx, work.lease, { state: "succeeded" });
    });
    if (backup !== last) {
      reporter.log("info", `removed ${backup.fileName}`);
      await reporter.setStep("remove", { state: "running", facts: { removed: index + 1, of: doomed.length } });
    }
  }
  if (last === undefined) await db.transaction((tx) => finishRun(tx, work.lease, { state: "succeeded" }));
}

/** Holds the chain and says what goes, in order. Throws `not-found` when the run's own backup is gone, and what forbids a removal. */
async function prepare({ run, deps, db }: RunWork): Promise<Doomed[]> {
  const id = run.backupId ?? "";
  const [own] = await db.select().from(backups).where(eq(backups.id, id));
  if (own === undefined) throw new LifeboatError("not-found", { entity: "backup", id });
  await deps.prepareDestination();
  await lockChain(db, { chainId: own.chainId, holder: run.id, mode: "exclusive", leaseMs: deps.leaseMs });
  const { also } = removeOrder.parse(run.input);
  const rows = await db
    .select()
    .from(backups)
    .where(and(inArray(backups.id, [id, ...also]), eq(backups.chainId, own.chainId)))
    .orderBy(desc(backups.snapshotAt), desc(backups.id));
  const edges = await loadChainEdges(db, own.chainId);
  const going = new Set(rows.map((row) => row.id));
  // Before the first one goes: one that may not go, or that came since, keeps all of them.
  const left = new Set(edges.filter((edge) => going.has(edge.needsId) && !going.has(edge.backupId)).map((edge) => edge.backupId));
  if (left.size > 0) throw new LifeboatError("backup-has-dependents", { count: left.size });
  const stored = await db
    .select({ key: packs.key })
    .from(packs)
    .where(inArray(packs.backupId, [...going]));
  const unknown = await countUnknownDependents(db, deps, { keys: stored.map((pack) => pack.key), going });
  if (unknown > 0) throw new LifeboatError("backup-has-dependents", { count: unknown });
  await db.transaction(async (tx) => {
    await holdSource(tx, own.sourceId);
    const held = inArray(backups.id, [...going]);
    await assertFree(tx, run.id, await tx.select().from(backups).where(held));
  });
  const rowOf = new Map(rows.map((row) => [row.id, row]));
  return removalOrder(
    rows.map((row) => row.id),
    edges,
  ).flatMap((each) => rowOf.get(each) ?? []);
}

async function remove(work: RunWork, backup: Doomed, after: (tx: Transaction) => Promise<void>): Promise<void> {
  const { db, deps, run, lease } = work;
  await discardBackup(db, deps, backup.id, {
    before: async (tx) => {
      await assertLease(tx, lease);
      await assertFree(tx, run.id, await tx.select().from(backups).where(eq(backups.id, backup.id)).for("update"));
      const dependents = await countDependents(tx, backup.id);
      if (dependents > 0) throw new LifeboatError("backup-has-dependents", { count: dependents });
      return true;
    },
    after: async (tx, removed) => {
      await assertLease(tx, lease);
      if (removed) {
        await recordAudit(tx, actAs(deps, run), {
          action: "backup.deleted",
          targetType: "backup",
          targetId: backup.id,
          targetName: backup.fileName,
          before: { sourceId: backup.sourceId, snapshotAt: backup.snapshotAt, storedBytes: backup.storedBytes, runId: run.id },
        });
      }
      await after(tx);
    },
  });
}

/**
 * A pin, a replacement, or a run that waits for one of them may have come since the run was asked for; the caller holds the rows. One that is gone is
 * as free as can be: a sweep went on with what an earlier removal had begun, and was faster. One whose removal has begun is of use to nobody.
 */
async function assertFree(tx: Transaction, runId: string, rows: readonly Doomed[]): Promise<void> {
  for (const row of rows) {
    if (row.pinned) throw new LifeboatError("backup-pinned");
    await refuseNeededByReplacement(tx, row);
  }
  const whole = rows.filter((row) => row.state !== "deleting");
  const used = await findInUse(tx, whole, runId);
  const first = whole.find((row) => used.has(row.id));
  if (first !== undefined) throw new LifeboatError("chain-locked", { chainId: first.chainId, by: first.id });
}

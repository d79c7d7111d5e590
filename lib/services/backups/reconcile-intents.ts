import { and, desc, eq, inArray, isNull, notInArray, or } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { packs } from "#lib/db/schema/packs";
import { runs } from "#lib/db/schema/runs";
import { reasonOf } from "#lib/domain/error";
import { readSidecar } from "#lib/repository/sidecar";
import { recordAudit } from "../audit/record.ts";
import { actAs, type WorkerDeps } from "../runs/work.ts";
import { adoptFromSidecar } from "../setup/rebuild-from-storage.ts";
import { purgedFacts } from "../policies/purge.ts";
import { discardBackup } from "./discard.ts";
import { knownBackup, loadBackupFacts } from "./facts.ts";
import { commitStored, rereadOutcome } from "./record-written.ts";
import { isCleanUpOf, isRemovalOf } from "./remove-order.ts";

const active = ["queued", "running"] as const;
const notWhole = new Set(["pack-missing", "pack-truncated", "pack-damaged", "chain-broken", "not-found"]);

/**
 * Settles backups whose run is over but which are still being written or removed: a pack that lies in storage with the checksum
 * that its intent row recorded is adopted, everything else is removed. Never both, never neither.
 */
export async function reconcileIntents(db: Database, deps: WorkerDeps): Promise<void> {
  const left = await db
    .select({ backup: backups })
    .from(backups)
    .leftJoin(runs, eq(runs.id, backups.runId))
    .where(
      or(
        and(eq(backups.state, "writing"), or(isNull(runs.id), notInArray(runs.state, [...active]))),
        // A removal has a run of its own; a failed backup's clean-up belongs to the backup's run.
        and(eq(backups.state, "deleting"), or(isNull(runs.id), notInArray(runs.state, [...active]))),
      ),
    )
    // As a removal goes: what others may need goes last.
    .orderBy(desc(backups.snapshotAt), desc(backups.id));
  for (const { backup } of left) {
    try {
      if (backup.state === "writing" && (await adopt(db, deps, backup.id, backup.runId))) continue;
      if (backup.state === "writing" && (await adoptByItsSidecar(db, deps, backup.id))) continue;
      const removed = await discardBackup(db, deps, backup.id, {
        before: (tx) => isStillLeft(tx, backup),
        after: async (tx, isRemoved) => {
          if (isRemoved && backup.state === "deleting") await auditRemoval(tx, deps, backup);
        },
      });
      if (removed) deps.logger.info("removed what an unfinished backup left", { backupId: backup.id, runId: backup.runId });
    } catch (error) {
      deps.logger.warn("a leftover could not be settled; the next sweep tries again", { backupId: backup.id, error });
    }
  }
}

type Left = typeof backups.$inferSelect;

/**
 * False when somebody else has settled the backup since it was found, or is removing it. With the row held that is sure: a removal
 * takes the row away in the transaction that ends its run.
 */
async function isStillLeft(tx: Transaction, backup: Left): Promise<boolean> {
  const [held] = await tx.select().from(backups).where(eq(backups.id, backup.id)).for("update");
  if (held?.state !== backup.state) return false;
  if (backup.state !== "deleting") return true;
  const [removal] = await tx
    .select({ id: runs.id })
    .from(runs)
    .where(and(or(isRemovalOf(backup.id), isCleanUpOf(held)), inArray(runs.state, [...active])))
    .limit(1);
  return removal === undefined;
}

/** A removal that somebody asked for and a sweep finished is told like any other; what a failed backup left was never a backup. */
async function auditRemoval(tx: Transaction, deps: WorkerDeps, backup: Left): Promise<void> {
  const [asked] = await tx.select().from(runs).where(isRemovalOf(backup.id)).orderBy(desc(runs.queuedAt)).limit(1);
  const fromTrash = backup.trashedAt === null ? {} : purgedFacts(backup, asked?.id ?? null);
  if (asked === undefined && backup.trashedAt === null) return;
  await recordAudit(tx, asked === undefined ? deps.context : actAs(deps, asked), {
    action: "backup.deleted",
    targetType: "backup",
    targetId: backup.id,
    targetName: backup.fileName,
    before: { ...fromTrash, runId: asked?.id ?? null, finishedBy: "sweep" },
  });
}

/** True when the pack turned out to be whole and is now an ordinary backup. */
async function adopt(db: Database, deps: WorkerDeps, backupId: string, runId: string | null): Promise<boolean> {
  const startedMs = performance.now();
  try {
    const facts = await loadBackupFacts(db, backupId);
    const { pack } = facts;
    // A member without its base is no backup: nobody can be asked to make it whole.
    const { needs } = knownBackup(facts);
    if (!(await areThere(deps, needs))) return false;
    const outcome = rereadOutcome(pack, await deps.repository.reread(pack, AbortSignal.timeout(adoptMs)));
    await deps.repository.writeSidecar(facts, `${runId ?? backupId}-${facts.backup.fencingToken}`);
    await db.transaction(async (tx) => {
      const held = await tx
        .select({ id: backups.id })
        .from(backups)
        .where(and(eq(backups.id, backupId), eq(backups.state, "writing")))
        .for("update");
      if (held.length === 0) return;
      await commitStored(tx, deps.context, {
        backupId,
        destinationId: deps.destination.id,
        runId,
        checks: [outcome],
        durationMs: performance.now() - startedMs,
      });
      await recordAudit(tx, deps.context, {
        action: "backup.adopted",
        targetType: "backup",
        targetId: backupId,
        targetName: facts.backup.fileName,
        after: {
          runId,
          sourceId: facts.source.id,
          streamBytes: facts.stream.bytes,
          storedBytes: pack.storedBytes,
          sha256: facts.stream.sha256,
        },
      });
      const warning = "the worker was lost after the file was complete; the backup was found whole and kept";
      if (runId !== null)
        await tx
          .update(runs)
          .set({ backupId, warnings: [warning] })
          .where(eq(runs.id, runId));
    });
    deps.logger.info("adopted a backup that was written whole", { backupId, runId });
    return true;
  } catch (error) {
    if (notWhole.has(reasonOf(error).code)) return false;
    throw error;
  }
}

/**
 * A sidecar is written last: where one of ours lies beside a whole pack, the backup was finished, and this catalogue is older than
 * that (restored from its own backup). Taking the files away would lose a good backup.
 */
async function adoptByItsSidecar(db: Database, deps: WorkerDeps, backupId: string): Promise<boolean> {
  const [pack] = await db.select({ key: packs.key }).from(packs).where(eq(packs.backupId, backupId));
  if (pack === undefined) return false;
  const { id: destinationId, storage } = deps.destination;
  const reading = await readSidecar(storage, pack.key, deps.context.keyring);
  if (reading.state !== "trusted" || !(await areThere(deps, reading.facts.needs ?? []))) return false;
  const work = { storage, destinationId, signal: AbortSignal.timeout(adoptMs) };
  return adoptFromSidecar({ ...deps.context, db }, work, { backupId, key: pack.key });
}

/** The packs that a member needs lie in storage, as long as they should be. */
async function areThere(
  { destination }: WorkerDeps,
  needs: readonly { key: string; storedBytes?: number | undefined }[],
): Promise<boolean> {
  for (const { key, storedBytes } of needs) {
    const found = await destination.storage.stat(key);
    if (found === null || found.bytes !== storedBytes) return false;
  }
  return true;
}

/** Reading a terabyte back takes a while; a disk that hangs for an hour is another matter. */
const adoptMs = 3_600_000;

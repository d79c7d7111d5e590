import { and, desc, eq, inArray, isNotNull, sql } from "drizzle-orm";
import { describeReason } from "#lib/contracts/describe-reason";
import type { Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { packs } from "#lib/db/schema/packs";
import { LifeboatError, reasonOf } from "#lib/domain/error";
import { removalOrder } from "#lib/domain/removal-order";
import { recordAudit } from "../audit/record.ts";
import { countDependents, loadChainEdges } from "../backups/dependents.ts";
import { discardBackup } from "../backups/discard.ts";
import { countUnknownDependents } from "../backups/unknown-dependents.ts";
import { lockChain, unlockChains } from "../chains/lock.ts";
import { refuseNeededByReplacement } from "../restores/refuse-needed.ts";
import { assertLease } from "../runs/lease.ts";
import { actAs, type RunWork } from "../runs/work.ts";

type Row = typeof backups.$inferSelect;
export type Purged = { readonly removed: number; readonly deferred: number; readonly failed: number; readonly bytes: number };

/** Not an error: it goes with a later clean-up. */
const waits = new Set([
  "chain-locked",
  "backup-pinned",
  "backup-has-dependents",
  "backup-kept-for-undo",
  "drill-open",
  "backup-not-trashed",
]);

/**
 * Removes for good what waited in a source's trash long enough, and what an earlier removal left: storage first, row last, dependents first,
 * each audited with the reason it went for. What is read just now, or pinned since, waits; one that fails stops nobody else.
 */
export async function purgeTrash(work: RunWork, sourceId: string): Promise<Purged> {
  const { db, deps, run, reporter, signal } = work;
  const due = await db
    .select()
    .from(backups)
    .where(and(eq(backups.sourceId, sourceId), dueBefore(run.startedAt ?? run.queuedAt)))
    .orderBy(desc(backups.snapshotAt), desc(backups.id));
  if (due.length > 0) await deps.prepareDestination();
  const counts = { removed: 0, deferred: 0, failed: 0, bytes: 0 };
  for (const [chainId, members] of Map.groupBy(due, (row) => row.chainId)) {
    const order = removalOrder(
      members.map((row) => row.id),
      await loadChainEdges(db, chainId),
    );
    const rowOf = new Map(members.map((row) => [row.id, row]));
    for (const row of order.flatMap((id) => rowOf.get(id) ?? [])) {
      signal.throwIfAborted();
      try {
        await lockChain(db, { chainId, holder: run.id, mode: "exclusive", leaseMs: deps.leaseMs });
        if (await purge(work, row)) {
          counts.removed += 1;
          counts.bytes += row.storedBytes;
          reporter.log("info", `removed ${row.fileName} (${row.trashReason ?? "trash"})`);
        }
      } catch (error) {
        const reason = reasonOf(error);
        if (signal.aborted || reason.code === "lease-lost") throw error;
        const isWaiting = error instanceof LifeboatError && waits.has(reason.code);
        counts[isWaiting ? "deferred" : "failed"] += 1;
        reporter.log(isWaiting ? "info" : "error", `${row.fileName} stays for now: ${describeReason(reason).message}`);
        if (!isWaiting) deps.logger.warn("a backup in the trash was not removed", { runId: run.id, backupId: row.id, error });
      }
    }
    await unlockChains(db, run.id);
  }
  return counts;
}

/**
 * Its time is over by the catalogue's clock, or somebody began to remove it and did not come to the end. What this run moved there waits for the
 * next one, without days of grace as well: deletion has two steps.
 */
const dueBefore = (startedAt: Date) => sql`((${backups.state} = 'trashed' and ${backups.purgeAt} <= clock_timestamp()
    and ${backups.trashedAt} < ${startedAt.toISOString()}::timestamptz)
  or (${backups.state} = 'deleting' and ${backups.trashedAt} is not null))`;

/** False when a sweep was faster. */
async function purge(work: RunWork, row: Row): Promise<boolean> {
  const { db, deps, lease, run } = work;
  const stored = await db.select({ key: packs.key }).from(packs).where(eq(packs.backupId, row.id));
  const unknown = await countUnknownDependents(db, deps, { keys: stored.map((pack) => pack.key), going: new Set([row.id]) });
  if (unknown > 0) throw new LifeboatError("backup-has-dependents", { count: unknown });
  return discardBackup(db, deps, row.id, {
    before: async (tx) => {
      await assertLease(tx, lease);
      return mayGo(tx, row);
    },
    after: async (tx, removed) => {
      await assertLease(tx, lease);
      if (!removed) return;
      await recordAudit(tx, actAs(deps, run), {
        action: "backup.deleted",
        targetType: "backup",
        targetId: row.id,
        targetName: row.fileName,
        before: purgedFacts(row, run.id),
      });
    },
  });
}

/** What the audit trail keeps of a backup that left the trash for good. */
export function purgedFacts(row: Row, runId: string | null): Record<string, unknown> {
  return {
    reason: row.trashReason,
    trashedBy: row.trashedByName,
    trashedAt: row.trashedAt,
    sourceId: row.sourceId,
    kind: row.kind,
    snapshotAt: row.snapshotAt,
    storedBytes: row.storedBytes,
    runId,
  };
}

/** Looked at again with the row held: somebody may have taken it out, or pinned it, a moment ago. */
async function mayGo(tx: Transaction, { id }: Row): Promise<boolean> {
  const [row] = await tx
    .select()
    .from(backups)
    .where(and(eq(backups.id, id), inArray(backups.state, ["trashed", "deleting"]), isNotNull(backups.trashedAt)))
    .for("update");
  if (row === undefined) return false;
  if (row.state === "deleting") return true;
  if (row.pinned) throw new LifeboatError("backup-pinned");
  const dependents = await countDependents(tx, id);
  if (dependents > 0) throw new LifeboatError("backup-has-dependents", { count: dependents });
  await refuseNeededByReplacement(tx, row);
  return true;
}

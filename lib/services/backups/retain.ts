import { and, asc, eq, inArray, ne } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { backupDependencies } from "#lib/db/schema/backup-dependencies";
import { backups } from "#lib/db/schema/backups";
import { chainLocks } from "#lib/db/schema/chain-locks";
import { copies } from "#lib/db/schema/copies";
import { runs } from "#lib/db/schema/runs";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError } from "#lib/domain/error";
import { type KeepCandidate, type KeepDecision, keepLast, removalsOf } from "#lib/domain/keep-last";
import type { NeedEdge } from "#lib/domain/removal-order";
import type { ServiceContext } from "../context.ts";
import { refuseNeededByReplacement } from "../restores/refuse-needed.ts";
import type { RunRow } from "../runs/start.ts";
import { hasLostNeed } from "./good.ts";
import { startRemovals } from "./remove.ts";

/** What "keep the last N" decided, and the runs that carry it out; the caller wakes a worker for each. */
export type Retained = { readonly decisions: readonly KeepDecision[]; readonly runs: readonly RunRow[] };

/**
 * Starts the removal of what a source keeps no longer. What is in use now (read, restored, verified, needed for an undo) is left for
 * the next time. Null when the source keeps everything.
 */
export async function retainLast(tx: Transaction, context: ServiceContext, sourceId: string): Promise<Retained | null> {
  const [source] = await tx.select({ keepLast: sources.keepLast }).from(sources).where(eq(sources.id, sourceId));
  if (source === undefined || source.keepLast === null) return null;
  const rule = { keep: source.keepLast, now: context.now() };
  const { candidates, rowOf, edges } = await loadCandidates(tx, sourceId);
  const first = keepLast(candidates, edges, rule);
  const inUse = await findInUse(
    tx,
    first.flatMap((each) => (each.verdict === "remove" ? (rowOf.get(each.id) ?? []) : [])),
  );
  // Asked again with what is in use: what such a one needs stays with it.
  const decisions =
    inUse.size === 0
      ? first
      : keepLast(
          candidates.map((each) => (inUse.has(each.id) ? Object.assign({}, each, { inUse: true }) : each)),
          edges,
          rule,
        );
  const ids = removalsOf(decisions, edges);
  return { decisions, runs: await startRemovals(tx, context, { ids, trigger: "retention", reason: `keep the last ${rule.keep}` }) };
}

type Row = { readonly id: string; readonly chainId: string; readonly runId: string | null };

async function loadCandidates(tx: Transaction, sourceId: string) {
  const rows = await tx
    .select({
      id: backups.id,
      chainId: backups.chainId,
      runId: backups.runId,
      state: backups.state,
      origin: backups.origin,
      pinned: backups.pinned,
      snapshotAt: backups.snapshotAt,
      startedAt: backups.startedAt,
      finishedAt: backups.finishedAt,
      copyState: copies.state,
      verifiedAt: copies.verifiedAt,
      failedAt: copies.failedAt,
    })
    .from(backups)
    .innerJoin(copies, eq(copies.backupId, backups.id))
    .where(and(eq(backups.sourceId, sourceId), inArray(backups.state, ["available", "writing"])))
    .orderBy(asc(backups.snapshotAt), asc(backups.id));
  const rowOf = new Map(rows.map((row) => [row.id, row]));
  const copiesOf = Map.groupBy(rows, (row) => row.id);
  const broken = await tx
    .select({ id: backups.id })
    .from(backups)
    .where(and(eq(backups.sourceId, sourceId), hasLostNeed));
  const isBroken = new Set(broken.map((row) => row.id));
  const candidates = [...rowOf.values()].map((row): KeepCandidate => {
    const each = copiesOf.get(row.id) ?? [];
    // One whose base is lost must not push out what can still be restored.
    const isGood = (copy: (typeof rows)[number]) =>
      copy.state === "available" && copy.copyState === "stored" && copy.failedAt === null && !isBroken.has(row.id);
    const good = each.filter(isGood);
    return {
      id: row.id,
      snapshotAt: row.snapshotAt,
      finishedAt: row.finishedAt ?? row.startedAt,
      good: good.length > 0,
      verified: good.some((copy) => copy.verifiedAt !== null),
      pinned: row.pinned,
      // What is being written needs what it may refer to.
      inUse: row.state === "writing",
      imported: row.origin === "imported" || row.origin === "external",
    };
  });
  const edges: NeedEdge[] = await tx
    .select({ backupId: backupDependencies.backupId, needsId: backupDependencies.needsId })
    .from(backupDependencies)
    .innerJoin(backups, eq(backups.id, backupDependencies.backupId))
    .where(eq(backups.sourceId, sourceId));
  return { candidates, edges, rowOf };
}

/** A chain that somebody holds, a run that is about the backup, a replacement that knows it. */
async function findInUse(tx: Transaction, rows: readonly Row[]): Promise<Set<string>> {
  const inUse = new Set<string>();
  if (rows.length === 0) return inUse;
  const ids = rows.map((row) => row.id);
  const held = await tx
    .select({ chainId: chainLocks.chainId })
    .from(chainLocks)
    .where(inArray(chainLocks.chainId, [...new Set(rows.map((row) => row.chainId))]));
  const busy = await tx
    .select({ backupId: runs.backupId })
    .from(runs)
    .where(and(inArray(runs.backupId, ids), inArray(runs.state, ["queued", "running"]), ne(runs.type, "backup")));
  const chains = new Set(held.map((lock) => lock.chainId));
  const named = new Set(busy.map((run) => run.backupId));
  for (const row of rows) {
    if (chains.has(row.chainId) || named.has(row.id) || (await isKnownByReplacement(tx, row))) inUse.add(row.id);
  }
  return inUse;
}

async function isKnownByReplacement(tx: Transaction, row: Row): Promise<boolean> {
  try {
    await refuseNeededByReplacement(tx, row);
    return false;
  } catch (error) {
    if (error instanceof LifeboatError) return true;
    throw error;
  }
}

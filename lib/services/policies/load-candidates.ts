import { and, asc, eq, inArray, ne, notInArray, or } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { backupDependencies } from "#lib/db/schema/backup-dependencies";
import { backups } from "#lib/db/schema/backups";
import { chainLocks } from "#lib/db/schema/chain-locks";
import { copies } from "#lib/db/schema/copies";
import { drills } from "#lib/db/schema/drills";
import { gates } from "#lib/db/schema/gates";
import { replacements } from "#lib/db/schema/replacements";
import { restores } from "#lib/db/schema/restores";
import { runs } from "#lib/db/schema/runs";
import { validations } from "#lib/db/schema/validations";
import { LifeboatError } from "#lib/domain/error";
import type { NeedEdge } from "#lib/domain/removal-order";
import type { RetentionCandidate } from "#lib/domain/retention";
import { hasLostNeed } from "../backups/good.ts";
import { oneOf } from "../one-of.ts";
import { refuseNeededByReplacement } from "../restores/refuse-needed.ts";

type Reader = Database | Transaction;
export type CandidateRow = { readonly id: string; readonly chainId: string; readonly runId: string | null };

export type Loaded = {
  /** Oldest first. `inUse` says only what is being written; the rest is `findInUse`'s. */
  readonly candidates: readonly RetentionCandidate[];
  readonly needs: readonly NeedEdge[];
  readonly rowOf: ReadonlyMap<string, CandidateRow>;
};

/** A source's backups as its policy sees them. What is in the trash or on its way out is not among them. */
export async function loadCandidates(db: Reader, sourceId: string): Promise<Loaded> {
  const rows = await db
    .select({
      id: backups.id,
      chainId: backups.chainId,
      runId: backups.runId,
      kind: backups.kind,
      state: backups.state,
      origin: backups.origin,
      importedFile: backups.imported,
      pinned: backups.pinned,
      snapshotAt: backups.snapshotAt,
      startedAt: backups.startedAt,
      dataTakenAt: backups.dataTakenAt,
      storedBytes: backups.storedBytes,
      copyState: copies.state,
      verifiedAt: copies.verifiedAt,
      failedAt: copies.failedAt,
    })
    .from(backups)
    .innerJoin(copies, eq(copies.backupId, backups.id))
    .where(and(eq(backups.sourceId, sourceId), inArray(backups.state, ["available", "writing"])))
    .orderBy(asc(backups.snapshotAt), asc(backups.id));
  const broken = await db
    .select({ id: backups.id })
    .from(backups)
    .where(and(eq(backups.sourceId, sourceId), hasLostNeed));
  const proven = await db
    .selectDistinct({ id: validations.backupId })
    .from(validations)
    .innerJoin(backups, eq(backups.id, validations.backupId))
    .where(and(eq(backups.sourceId, sourceId), eq(validations.level, "proven"), eq(validations.verdict, "passed")));
  const needs = await db
    .select({ backupId: backupDependencies.backupId, needsId: backupDependencies.needsId })
    .from(backupDependencies)
    .innerJoin(backups, eq(backups.id, backupDependencies.backupId))
    .where(and(eq(backups.sourceId, sourceId), inArray(backups.state, ["available", "writing"])));
  const isBroken = new Set(broken.map((row) => row.id));
  const isProven = new Set(proven.map((row) => row.id));
  const rowOf = new Map(rows.map((row) => [row.id, row]));
  const copiesOf = Map.groupBy(rows, (row) => row.id);
  const candidates = [...rowOf.values()].map((row): RetentionCandidate => {
    // One whose base is lost must not push out what can still be restored.
    const good = (copiesOf.get(row.id) ?? []).filter(
      (copy) => copy.state === "available" && copy.copyState === "stored" && copy.failedAt === null && !isBroken.has(row.id),
    );
    return {
      id: row.id,
      kind: row.kind,
      snapshotAt: row.snapshotAt,
      madeAt: row.dataTakenAt ?? row.startedAt,
      storedBytes: row.storedBytes,
      good: good.length > 0,
      verified: good.some((copy) => copy.verifiedAt !== null),
      proven: isProven.has(row.id),
      pinned: row.pinned,
      // What is being written needs what it may refer to.
      inUse: row.state === "writing",
      // A synthetic full of a file that was imported is such a file, too.
      imported: row.origin === "imported" || row.origin === "external" || row.importedFile !== null,
    };
  });
  return { candidates, needs, rowOf };
}

/**
 * Which of these are in use now: their chain is held, a run that waits or works is about them or their chain, a gate waits for them, a replacement
 * or a drill knows them. `except`: the run that asks.
 */
export async function findInUse(tx: Transaction, rows: readonly CandidateRow[], except: string): Promise<Set<string>> {
  const inUse = new Set<string>();
  if (rows.length === 0) return inUse;
  const ids = rows.map((row) => row.id);
  const chainIds = [...new Set(rows.map((row) => row.chainId))];
  const held = await tx
    .select({ chainId: chainLocks.chainId })
    .from(chainLocks)
    .where(and(oneOf(chainLocks.chainId, chainIds), ne(chainLocks.holder, except)));
  const busy = await tx
    .select({ backupId: runs.backupId, subject: runs.subject })
    .from(runs)
    .where(
      and(
        // Of a synthetic full the subject is what it is made of.
        or(oneOf(runs.backupId, ids), oneOf(runs.subject, [...ids, ...chainIds])),
        inArray(runs.state, ["queued", "running"]),
        ne(runs.type, "backup"),
        ne(runs.id, except),
      ),
    );
  const gated = await tx
    .select({ backupId: gates.backupId })
    .from(gates)
    .where(and(oneOf(gates.backupId, ids), notInArray(gates.state, ["passed", "failed"])));
  const subjects = busy.map((run) => run.subject);
  const chains = new Set([...held.map((lock) => lock.chainId), ...subjects]);
  const named = new Set([...subjects, ...[...busy, ...gated].map((each) => each.backupId)]);
  const asked = await findPerhapsKnown(tx, rows);
  for (const row of rows) {
    if (chains.has(row.chainId) || named.has(row.id) || (asked.has(row.id) && (await isKnownByReplacement(tx, row)))) inUse.add(row.id);
  }
  return inUse;
}

/** Those that any replacement or drill ever named: only they are asked about one by one. */
async function findPerhapsKnown(tx: Transaction, rows: readonly CandidateRow[]): Promise<Set<string>> {
  const ids = rows.map((row) => row.id);
  const restored = await tx
    .select({ backupId: restores.backupId })
    .from(replacements)
    .innerJoin(restores, eq(restores.id, replacements.restoreId))
    .where(oneOf(restores.backupId, ids));
  const drilled = await tx
    .select({ backupId: drills.backupId })
    .from(drills)
    .where(and(oneOf(drills.backupId, ids), notInArray(drills.state, ["closed", "aborted"])));
  const safetyRuns = await tx.select({ runId: replacements.safetyRunId }).from(replacements);
  const safety = new Set<string>(safetyRuns.map((each) => each.runId));
  const found = new Set([...restored, ...drilled].map((each) => each.backupId ?? ""));
  for (const { id, runId } of rows) if (runId !== null && safety.has(runId)) found.add(id);
  return found;
}

async function isKnownByReplacement(tx: Transaction, row: CandidateRow): Promise<boolean> {
  try {
    await refuseNeededByReplacement(tx, row);
    return false;
  } catch (error) {
    if (error instanceof LifeboatError) return true;
    throw error;
  }
}

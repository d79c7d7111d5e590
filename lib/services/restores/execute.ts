import { eq } from "drizzle-orm";
import { join } from "node:path";
import { restores } from "#lib/db/schema/restores";
import { compareTables, type Comparison } from "#lib/domain/compare-tables";
import { LifeboatError, reasonOf } from "#lib/domain/error";
import { judgeRestore, type RestoreVerdict } from "#lib/domain/restore-verdict";
import type { LoadResult, RestoreRequest } from "#lib/engines/port";
import { recordAudit } from "../audit/record.ts";
import { type BackupFacts, knownPack, loadBackupFacts } from "../backups/facts.ts";
import { lockChain } from "../chains/lock.ts";
import { finishRun } from "../runs/finish.ts";
import { assertLease } from "../runs/lease.ts";
import { actAs, type RunWork } from "../runs/work.ts";
import { getServerOrThrow } from "../servers/execute-check.ts";
import { reopenRestore, settleUntouched, undoDatabase } from "./created-database.ts";
import { inspectTarget, restoreRequest } from "./inspect.ts";

type RestoreRow = typeof restores.$inferSelect;
type Prepared = { readonly restore: RestoreRow; readonly facts: BackupFacts; readonly request: RestoreRequest };

/** Errors kept with the restore; a load that prints more has lost everything anyway. */
const maxErrors = 500;

/**
 * Restores into a new database. All hashes are checked before the first statement reaches the target; the copy is then read back
 * and compared with the backup, exactly. What fails is removed again unless it was asked to be kept.
 */
export async function executeRestore(work: RunWork): Promise<void> {
  const { reporter } = work;
  const path = join(work.engineContext.workDir, "restore.dump");
  const prepared = await prepareArchive(work, path);
  try {
    await reporter.step("create-database", () => createDatabase(work, prepared));
    const load = await reporter.step("load", () => loadArchive(work, prepared, path), loadFacts);
    const comparison = await reporter.step("compare", () => compare(work, prepared), comparisonFacts);
    await commit(work, prepared, load, comparison);
  } catch (error) {
    await undoDatabase(work, prepared.restore.id, prepared.request, error);
    throw error;
  }
}

/** Everything before the target is touched: what fails here leaves nothing on it. */
async function prepareArchive(work: RunWork, path: string): Promise<Prepared> {
  const { db, run, reporter, deps, signal } = work;
  try {
    const prepared = await reporter.step("prepare", () => prepare(work));
    const pack = knownPack(prepared.facts);
    reporter.restart({ bytesTotal: pack.stream.bytes });
    await reporter.step("spool", () => deps.repository.spool(pack, path, signal, (bytesDone) => reporter.progress({ bytesDone })));
    return prepared;
  } catch (error) {
    await settleUntouched(db, run.id);
    throw error;
  }
}

async function prepare(work: RunWork): Promise<Prepared> {
  const { db, deps, run, reporter } = work;
  const [restore] = await db
    .select()
    .from(restores)
    .where(eq(restores.id, run.restoreId ?? ""));
  if (restore === undefined) throw new LifeboatError("not-found", { entity: "restore", id: run.restoreId ?? "" });
  const facts = await loadBackupFacts(db, restore.backupId);
  if (facts.backup.state !== "available") {
    throw new LifeboatError("backup-not-restorable", { backupId: facts.backup.id, state: facts.backup.state });
  }
  const server = await getServerOrThrow(db, restore.serverId);
  await deps.prepareDestination();
  await lockChain(db, { chainId: facts.chain.id, holder: run.id, mode: "shared", leaseMs: deps.leaseMs });
  const request = restoreRequest(work, facts, server, restore);
  const { target, plan } = await inspectTarget(work, facts, request);
  const [blocker] = plan.blockers;
  if (blocker !== undefined) throw new LifeboatError(blocker.code, blocker.params);
  for (const warning of plan.warnings) reporter.log("warning", `${warning.code}: ${Object.values(warning.params).join(" ")}`);
  reporter.log("info", `target server ${target.serverVersion}, pg_restore ${target.toolVersion ?? "?"}`);
  return { restore, facts, request };
}

/**
 * The intent stands before the database: a crash in between leaves the mark, and only an empty database under it may be removed.
 * A database of that name that somebody else made meanwhile fails with `target-exists` and is never touched.
 */
async function createDatabase(work: RunWork, { restore, request }: Prepared): Promise<void> {
  const { db, lease } = work;
  await db.transaction(async (tx) => {
    await assertLease(tx, lease);
    await tx
      .update(restores)
      .set({ facts: { creating: true } })
      .where(eq(restores.id, restore.id));
  });
  try {
    await work.deps.engine.createDatabase(request, work.engineContext);
  } catch (error) {
    const isForeign = error instanceof LifeboatError && error.code === "target-exists";
    if (isForeign) await db.update(restores).set({ facts: {} }).where(eq(restores.id, restore.id));
    throw error;
  }
  try {
    await db.transaction(async (tx) => {
      await assertLease(tx, lease);
      await tx.update(restores).set({ createdDatabase: true, facts: {} }).where(eq(restores.id, restore.id));
    });
  } catch (error) {
    if (reasonOf(error).code === "lease-lost") await reopenRestore(db, restore);
    throw error;
  }
}

async function loadArchive(work: RunWork, { request }: Prepared, path: string): Promise<LoadResult> {
  const { reporter } = work;
  const onEntry = (done: number, total: number, entry: string) => {
    reporter.progress({ tablesDone: done, tablesTotal: total, currentTable: entry });
  };
  reporter.restart({});
  const load = await work.deps.engine.load(path, request, onEntry, work.engineContext);
  work.signal.throwIfAborted();
  for (const error of load.errors.slice(0, maxErrors)) reporter.log("error", `${error.class}: ${error.entry}: ${error.message}`);
  return load;
}

function loadFacts(load: LoadResult) {
  return { exitCode: load.exitCode, errors: load.errors.length };
}

async function compare(work: RunWork, { facts, request }: Prepared): Promise<Comparison> {
  const copy = await work.deps.engine.digestCopy(request, work.engineContext);
  work.signal.throwIfAborted();
  return compareTables(facts.tables, copy, request);
}

function comparisonFacts(comparison: Comparison) {
  const { equal, different, rowsExpected, rowsActual } = comparison;
  return { equal, different, rowsExpected, rowsActual };
}

async function commit(work: RunWork, prepared: Prepared, load: LoadResult, comparison: Comparison): Promise<void> {
  const { db, reporter, lease } = work;
  const verdict = judgeRestore(load, comparison);
  const kept = { errors: load.errors.slice(0, maxErrors), comparison };
  await reporter.flush();
  if (verdict.failure !== null) {
    await db.transaction(async (tx) => {
      await assertLease(tx, lease);
      await tx.update(restores).set(kept).where(eq(restores.id, prepared.restore.id));
    });
    throw new LifeboatError(verdict.failure.code, verdict.failure.params);
  }
  await commitRestored(work, prepared, verdict, {
    ...kept,
    exitCode: load.exitCode,
    countedOnly: comparison.countedOnly,
  });
}

/** Equal rows are less than equal contents, and nobody shall take the one for the other. */
function countedOnlyWarning(tables: number): string {
  return `${tables} tables were compared by their number of rows alone: the digest of their contents is not known`;
}

async function commitRestored(
  work: RunWork,
  { restore, facts, request }: Prepared,
  verdict: RestoreVerdict,
  kept: Pick<RestoreRow, "errors" | "comparison"> & { exitCode: number; countedOnly: number },
): Promise<void> {
  const { db, deps, run, lease } = work;
  work.signal.throwIfAborted();
  await db.transaction(async (tx) => {
    await assertLease(tx, lease);
    await tx
      .update(restores)
      .set({ errors: kept.errors, comparison: kept.comparison, outcome: "created", facts: { exitCode: kept.exitCode } })
      .where(eq(restores.id, restore.id));
    await recordAudit(tx, actAs(deps, run), {
      action: "restore.completed",
      targetType: "restore",
      targetId: restore.id,
      targetName: request.database,
      after: { runId: run.id, backupId: facts.backup.id, database: request.database, tolerated: verdict.tolerated.length },
    });
    const warnings = verdict.tolerated.map((error) => `${error.entry}: ${error.message}`).slice(0, maxErrors);
    if (kept.countedOnly > 0) warnings.unshift(countedOnlyWarning(kept.countedOnly));
    await finishRun(tx, lease, { state: "succeeded", warnings });
  });
}

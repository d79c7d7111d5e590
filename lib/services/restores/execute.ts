import { eq } from "drizzle-orm";
import { join } from "node:path";
import { restores } from "#lib/db/schema/restores";
import type { Comparison } from "#lib/domain/compare-tables";
import { LifeboatError } from "#lib/domain/error";
import type { RestoreVerdict } from "#lib/domain/restore-verdict";
import type { LoadResult } from "#lib/engines/port";
import { recordAudit } from "../audit/record.ts";
import { finishRun } from "../runs/finish.ts";
import { assertLease } from "../runs/lease.ts";
import { actAs, type RunWork } from "../runs/work.ts";
import { createTarget } from "./create-target.ts";
import { reopenRestore, settleUntouched, undoDatabase } from "./created-database.ts";
import { executeFileRestore } from "./execute-file.ts";
import { executeReplace } from "./execute-replace.ts";
import { compareStep, findings, judgeCopy, loadStep, warningsOf } from "./load-copy.ts";
import { loadRestore, type Prepared, prepareRestore, spoolArchive } from "./prepare.ts";
import { isDatabaseRestore } from "./rows.ts";

/**
 * Restores into a new database, or in the place of one that is there. All hashes are checked before the first statement reaches the
 * target; the copy is then read back and compared with the backup, exactly. What fails is removed again unless it was asked to be kept.
 */
export async function executeRestore(work: RunWork): Promise<void> {
  const restore = await loadRestore(work);
  if (!isDatabaseRestore(restore)) return executeFileRestore(work, restore);
  if (restore.mode === "replace") return executeReplace(work, restore);
  const path = join(work.engineContext.workDir, "restore.dump");
  const prepared = await untouchedUntil(work, async () => {
    const ready = await work.reporter.step("prepare", () => prepareRestore(work, restore));
    await spoolArchive(work, ready, path);
    return ready;
  });
  const { request } = prepared;
  try {
    await work.reporter.step("create-database", () => createNew(work, prepared));
    const load = await loadStep(work, (onEntry) => work.deps.engine.load(path, request, onEntry, work.engineContext));
    work.signal.throwIfAborted();
    const comparison = await compareStep(work, prepared, request);
    const verdict = await judgeCopy(work, restore.id, load, comparison);
    await commitRestored(work, prepared, verdict, { load, comparison });
  } catch (error) {
    await undoDatabase(work, restore.id, request, error);
    throw error;
  }
}

/** The object id is kept: what becomes of the name later is not this restore's doing, and must never be removed for it. */
async function createNew(work: RunWork, { restore, request }: Prepared): Promise<void> {
  const { engine } = work.deps;
  let made: { oid: number; cluster: string | null } | null = null;
  await createTarget(work, restore.id, request, {
    made: async () => {
      const cluster = await engine.clusterId(request.address, work.engineContext);
      const oid = (await engine.databaseIds(request.address, [request.database], work.engineContext)).get(request.database);
      if (oid === undefined) throw new LifeboatError("target-changed", { database: request.database });
      const facts = (made = { oid, cluster });
      return async (tx) => void (await tx.update(restores).set({ facts }).where(eq(restores.id, restore.id)));
    },
    lost: () => reopenRestore(work.db, restore, made),
  });
}

/** Everything before the target is touched: what fails here leaves nothing on it. */
async function untouchedUntil<T>({ db, run }: RunWork, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await settleUntouched(db, run.id);
    throw error;
  }
}

async function commitRestored(
  work: RunWork,
  { restore, facts, request }: Prepared,
  verdict: RestoreVerdict,
  { load, comparison }: { load: LoadResult; comparison: Comparison },
): Promise<void> {
  const { db, deps, run, lease } = work;
  work.signal.throwIfAborted();
  await db.transaction(async (tx) => {
    await assertLease(tx, lease);
    await tx
      .update(restores)
      .set({ ...findings(load, comparison), outcome: "created", facts: { exitCode: load.exitCode } })
      .where(eq(restores.id, restore.id));
    await recordAudit(tx, actAs(deps, run), {
      action: "restore.completed",
      targetType: "restore",
      targetId: restore.id,
      targetName: request.database,
      after: { runId: run.id, backupId: facts.backup.id, database: request.database, tolerated: verdict.tolerated.length },
    });
    await finishRun(tx, lease, { state: "succeeded", warnings: warningsOf(verdict, comparison) });
  });
}

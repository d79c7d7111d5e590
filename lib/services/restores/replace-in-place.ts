import { eq } from "drizzle-orm";
import { replacements } from "#lib/db/schema/replacements";
import { restores } from "#lib/db/schema/restores";
import { LifeboatError } from "#lib/domain/error";
import { judgeRestore } from "#lib/domain/restore-verdict";
import type { LoadResult } from "#lib/engines/port";
import { finishRun } from "../runs/finish.ts";
import { assertLease } from "../runs/lease.ts";
import { actAs, type RunWork } from "../runs/work.ts";
import type { PreparedReplacement } from "./prepare.ts";
import { giveUpReplacement } from "./give-up-replacement.ts";
import { compareStep, keepFindings, loadStep, maxErrors, warningsOf } from "./load-copy.ts";
import { recordReplaced } from "./record-replaced.ts";
import { tablesMark } from "./tables-mark.ts";

/**
 * For a role that may not create databases: everything in one transaction, so that a failure leaves the database as it was. Once it
 * is committed the new contents answer, whatever the comparison then says: the safety backup is the way back.
 */
export async function replaceInPlace(work: RunWork, prepared: PreparedReplacement, path: string): Promise<void> {
  const { deps, engineContext } = work;
  const { restore, request } = prepared;
  try {
    await intend(work, prepared);
    const load = await loadStep(work, (onEntry) => deps.engine.loadInPlace(path, request, onEntry, engineContext));
    refuseFailed(load);
    await work.db.transaction(async (tx) => {
      await assertLease(tx, work.lease);
      await recordReplaced(tx, actAs(deps, work.run), { restore, extra: {} });
    });
    const comparison = await compareStep(work, prepared, request);
    await keepFindings(work, restore.id, load, comparison);
    const verdict = judgeRestore(load, comparison);
    if (verdict.failure !== null) throw new LifeboatError(verdict.failure.code, verdict.failure.params);
    await work.reporter.flush();
    await work.db.transaction((tx) => finishRun(tx, work.lease, { state: "succeeded", warnings: warningsOf(verdict, comparison) }));
  } catch (error) {
    await giveUpReplacement(work, restore.id, error);
    throw error;
  }
}

/** Writes down what the tables are before the transaction that makes them anew, and that it may begin. */
async function intend(work: RunWork, { restore, request, facts, oldOid }: PreparedReplacement): Promise<void> {
  const { existing } = await work.deps.engine.inspectTarget(request, work.engineContext);
  if (existing === null) throw new LifeboatError("target-missing", { database: restore.database });
  if (existing.oid !== oldOid) throw new LifeboatError("target-changed", { database: restore.database });
  await work.db.transaction(async (tx) => {
    await assertLease(tx, work.lease);
    await tx.update(replacements).set({ answers: "unsettled" }).where(eq(replacements.restoreId, restore.id));
    await tx
      .update(restores)
      .set({ facts: { tablesBefore: tablesMark(existing, facts) } })
      .where(eq(restores.id, restore.id));
  });
}

/** In one transaction every error undoes all of it, also those that a restore into a new database tolerates. */
function refuseFailed(load: LoadResult): void {
  if (load.exitCode === 0 && load.errors.length === 0) return;
  const [first] = load.errors;
  if (first === undefined) {
    throw new LifeboatError("tool-failed", { tool: "pg_restore", exitCode: load.exitCode, detail: "no error was printed" });
  }
  throw new LifeboatError("restore-errors", { count: Math.min(load.errors.length, maxErrors), first: first.message });
}

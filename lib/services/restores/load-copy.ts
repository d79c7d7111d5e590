import { eq } from "drizzle-orm";
import { restores } from "#lib/db/schema/restores";
import { compareTables, type Comparison } from "#lib/domain/compare-tables";
import { LifeboatError } from "#lib/domain/error";
import { judgeRestore, type RestoreVerdict } from "#lib/domain/restore-verdict";
import type { LoadResult, RestoreRequest } from "#lib/engines/port";
import { assertLease } from "../runs/lease.ts";
import type { RunWork } from "../runs/work.ts";
import type { Prepared } from "./prepare.ts";
import type { RestoreRow } from "./rows.ts";

/** Errors kept with the restore; a load that prints more has lost everything anyway. */
export const maxErrors = 500;

type OnEntry = (done: number, total: number, entry: string) => void;

/** The `load` step; `load` is the engine's way of doing it. */
export function loadStep(work: RunWork, load: (onEntry: OnEntry) => Promise<LoadResult>): Promise<LoadResult> {
  const { reporter } = work;
  return reporter.step(
    "load",
    async () => {
      reporter.restart({});
      const result = await load((done, total, entry) => {
        reporter.progress({ tablesDone: done, tablesTotal: total, currentTable: entry });
      });
      for (const error of result.errors.slice(0, maxErrors)) reporter.log("error", `${error.class}: ${error.entry}: ${error.message}`);
      return result;
    },
    ({ tool, exitCode, errors }) => ({ ...(tool === undefined ? {} : { tool }), exitCode, errors: errors.length }),
  );
}

/** The `compare` step: reads the copy back and compares every table with the backup, exactly. */
export function compareStep(work: RunWork, { facts }: Prepared, request: RestoreRequest): Promise<Comparison> {
  return work.reporter.step(
    "compare",
    async () => {
      const copy = await work.deps.engine.digestCopy(request, work.engineContext);
      work.signal.throwIfAborted();
      return compareTables(facts.tables, copy, request);
    },
    ({ equal, different, rowsExpected, rowsActual }) => ({ equal, different, rowsExpected, rowsActual }),
  );
}

/** What the load printed and the comparison found, as it is kept with the restore. */
export function findings(load: LoadResult, comparison: Comparison): Pick<RestoreRow, "errors" | "comparison"> {
  return { errors: load.errors.slice(0, maxErrors), comparison };
}

/** Keeps the findings and throws when they say that the copy is not what the backup says. */
export async function judgeCopy(work: RunWork, restoreId: string, load: LoadResult, comparison: Comparison): Promise<RestoreVerdict> {
  const verdict = judgeRestore(load, comparison);
  await work.reporter.flush();
  if (verdict.failure !== null) {
    await keepFindings(work, restoreId, load, comparison);
    throw new LifeboatError(verdict.failure.code, verdict.failure.params);
  }
  return verdict;
}

export async function keepFindings(work: RunWork, restoreId: string, load: LoadResult, comparison: Comparison): Promise<void> {
  await work.db.transaction(async (tx) => {
    await assertLease(tx, work.lease);
    await tx.update(restores).set(findings(load, comparison)).where(eq(restores.id, restoreId));
  });
}

/** Equal rows are less than equal contents, and nobody shall take the one for the other. */
function countedOnlyWarning(tables: number): string {
  return `${tables} tables were compared by their number of rows alone: the digest of their contents is not known`;
}

/** What a restore that succeeded has to say all the same. */
export function warningsOf(verdict: RestoreVerdict, comparison: Comparison): string[] {
  const warnings = verdict.tolerated.map((error) => `${error.entry}: ${error.message}`).slice(0, maxErrors);
  return comparison.countedOnly > 0 ? [countedOnlyWarning(comparison.countedOnly), ...warnings] : warnings;
}

import { eq } from "drizzle-orm";
import { join } from "node:path";
import { replacements } from "#lib/db/schema/replacements";
import { LifeboatError } from "#lib/domain/error";
import { assertLease } from "../runs/lease.ts";
import type { RunWork } from "../runs/work.ts";
import { settleUntouched } from "./created-database.ts";
import { loadReplacement } from "./load-replacement.ts";
import { type PreparedReplacement, prepareRestore, spoolArchive } from "./prepare.ts";
import { replaceInPlace } from "./replace-in-place.ts";
import { replaceBySwap } from "./replace-by-swap.ts";
import type { DatabaseRestore, ReplacementRow } from "./rows.ts";
import { assertSafetyRun, checkSafetyBackup } from "./safety-check.ts";
import { assertSameServer } from "./target-identity.ts";

/**
 * Puts a backup in the place of a database. Nothing is touched before the safety backup was verified and the whole stream of the
 * backup was checked. With a swap the old database answers until one transaction renames both.
 */
export async function executeReplace(work: RunWork, restore: DatabaseRestore): Promise<void> {
  const path = join(work.engineContext.workDir, "restore.dump");
  const prepared = await prepare(work, restore, path);
  const replace = prepared.replacement.strategy === "in-place" ? replaceInPlace : replaceBySwap;
  await replace(work, prepared, path);
}

async function prepare(work: RunWork, restore: DatabaseRestore, path: string): Promise<PreparedReplacement> {
  const { reporter, db, run } = work;
  try {
    const { replacement } = await loadReplacement(db, restore.id);
    // A safety backup that failed is the reason to tell, whatever else may be in the way by now.
    await assertSafetyRun(work, replacement).catch((error: unknown) =>
      reporter.step("safety-check", () => Promise.reject(error instanceof Error ? error : new Error(String(error)))),
    );
    const prepared = await reporter.step("prepare", () => plan(work, restore, replacement));
    await reporter.step(
      "safety-check",
      () => checkSafetyBackup(work, restore, replacement),
      (facts) => facts,
    );
    await spoolArchive(work, prepared, path);
    return prepared;
  } catch (error) {
    await settleUntouched(db, run.id);
    throw error;
  }
}

/** Chooses the way. Throws the plan's first blocker, `server-changed`, and `target-changed` for another database than was backed up. */
async function plan(work: RunWork, restore: DatabaseRestore, asked: ReplacementRow): Promise<PreparedReplacement> {
  const prepared = await prepareRestore(work, restore);
  const { existing } = prepared.target;
  const { replace } = prepared.plan;
  if (existing === null || replace === null) throw new LifeboatError("target-missing", { database: restore.database });
  // Who was told that the old database is kept has not agreed to a way that keeps none.
  if (asked.strategy === "swap" && replace.why !== null) throw new LifeboatError(replace.why.code, replace.why.params);
  const { engine } = work.deps;
  await assertSameServer({ engine, engineContext: work.engineContext, address: prepared.request.address }, asked);
  // The safety backup is of one database, told by its object id: another one has none.
  if (asked.oldOid !== existing.oid) throw new LifeboatError("target-changed", { database: restore.database });
  const [replacement] = await work.db.transaction(async (tx) => {
    await assertLease(tx, work.lease);
    return tx.update(replacements).set({ strategy: replace.strategy }).where(eq(replacements.restoreId, restore.id)).returning();
  });
  if (replacement === undefined) throw new LifeboatError("not-found", { entity: "restore", id: restore.id });
  if (replace.why !== null) work.reporter.log("info", `loaded in place: ${replace.why.code}`);
  return { ...prepared, replacement, oldOid: existing.oid };
}

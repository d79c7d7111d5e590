import { eq, sql } from "drizzle-orm";
import type { Database } from "#lib/db/client";
import { replacements } from "#lib/db/schema/replacements";
import { restores } from "#lib/db/schema/restores";
import { reasonOf } from "#lib/domain/error";
import { assertLease } from "../runs/lease.ts";
import type { RunWork } from "../runs/work.ts";
import { undoMs } from "./created-database.ts";
import { settleReplacement } from "./settle-replacement.ts";

/**
 * Settles a replacement whose run failed: the server says what has happened, and what is not wanted is removed. What cannot be
 * settled now is settled by a sweep. Without a lease nothing is decided here: whoever took the run does, and looks once more.
 */
export async function giveUpReplacement(work: RunWork, restoreId: string, error: unknown): Promise<void> {
  const { db, deps } = work;
  try {
    if (reasonOf(error).code === "lease-lost") {
      await (work.run.type === "clean-up-replace" ? reopenCleanUp(db, restoreId) : reopenReplacement(db, restoreId));
      return;
    }
    await db.transaction((tx) => assertLease(tx, work.lease));
    // The run's own signal may be the very reason, so the settling has one of its own.
    const engineContext = { ...work.engineContext, signal: AbortSignal.timeout(undoMs) };
    await settleReplacement({ db, deps, engineContext }, restoreId);
  } catch (cause) {
    work.reporter.log("error", `the replacement was not settled: ${reasonOf(cause).code}`);
    deps.logger.warn("a failed replacement waits for the sweep", { runId: work.run.id, error: cause });
  }
}

/**
 * For a worker that lost its lease in the middle: whoever took the run may have looked before this worker's last statement was
 * through. The row is then opened again, and the next sweep asks the server once more.
 */
export async function reopenReplacement(db: Database, restoreId: string): Promise<void> {
  await db.transaction(async (tx) => {
    const [row] = await tx.select().from(restores).where(eq(restores.id, restoreId)).for("update");
    if (row === undefined) return;
    await tx.update(replacements).set({ answers: "unsettled" }).where(eq(replacements.restoreId, restoreId));
    if (row.outcome !== "removed") return;
    await tx
      .update(restores)
      .set({ outcome: "pending", facts: { ...row.facts, creating: true } })
      .where(eq(restores.id, restoreId));
  });
}

/** The same for a clean-up: which database answers is not in question. */
async function reopenCleanUp(db: Database, restoreId: string): Promise<void> {
  const cleaning = JSON.stringify({ cleaning: true });
  await db
    .update(restores)
    .set({ facts: sql`${restores.facts} || ${cleaning}::jsonb` })
    .where(eq(restores.id, restoreId));
}

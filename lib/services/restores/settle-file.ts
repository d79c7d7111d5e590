import { and, eq, isNotNull, notInArray } from "drizzle-orm";
import type { Database } from "#lib/db/client";
import { restores } from "#lib/db/schema/restores";
import { runs } from "#lib/db/schema/runs";
import type { WorkerDeps } from "../runs/work.ts";
import type { RestoreRow } from "./rows.ts";
import { warn } from "./settling.ts";

/**
 * Settles restores into files whose run is over without having said what became of the file: the name leads to the file that the restore
 * made, or it does not. Only a worker that may reach the file can tell; for others it stays pending.
 */
export async function reconcileFileRestores(db: Database, deps: WorkerDeps): Promise<void> {
  const left = await db
    .select({ restore: restores })
    .from(restores)
    .innerJoin(runs, eq(runs.id, restores.runId))
    .where(and(eq(restores.outcome, "pending"), isNotNull(restores.targetPath), notInArray(runs.state, ["queued", "running"])));
  for (const { restore } of left) {
    try {
      await settle(db, deps, restore);
    } catch (error) {
      deps.logger.warn("a restore into a file could not be settled; the next sweep tries again", { restoreId: restore.id, error });
    }
  }
}

async function settle(db: Database, deps: WorkerDeps, restore: RestoreRow): Promise<void> {
  const { path, temporary, identity } = restore.facts;
  let placed = false;
  if (typeof path === "string" && typeof temporary === "string") {
    // Throws where this worker may not reach the place.
    await deps.files.inspectTarget(path);
    placed = typeof identity === "string" && (await deps.files.identityOf(path)) === identity;
    await deps.files.removeTemporary(temporary);
  }
  const outcome = !placed ? ("removed" as const) : restore.mode === "replace" ? ("replaced" as const) : ("created" as const);
  await db.transaction(async (tx) => {
    const settled = await tx
      .update(restores)
      .set({ outcome, facts: {} })
      .where(and(eq(restores.id, restore.id), eq(restores.outcome, "pending")))
      .returning({ id: restores.id });
    if (settled.length > 0 && placed)
      await warn(tx, restore.runId, `the file was in place, whole and checked, when the run was lost: ${String(path)}`);
  });
}

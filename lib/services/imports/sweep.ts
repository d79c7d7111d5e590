import { and, eq, inArray, isNull, lt, notInArray, or, sql } from "drizzle-orm";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Database } from "#lib/db/client";
import { imports } from "#lib/db/schema/imports";
import { runs } from "#lib/db/schema/runs";
import { isId } from "#lib/domain/ids";
import { describeReason } from "#lib/contracts/describe-reason";
import type { WorkerDeps } from "../runs/work.ts";
import { importPath } from "./import-file.ts";
import { settleUpload } from "./receive-part.ts";

const active = ["queued", "running"] as const;
/** An upload that nobody goes on with is removed after this long. */
const abandonedHours = 24;

/**
 * Settles what imports left: uploads that a web process could not finish, runs that died, sandboxes, uploads of yesterday that nobody goes
 * on with, and bytes that no row names.
 */
export async function sweepImports(db: Database, deps: WorkerDeps): Promise<void> {
  const { folder } = deps.imports;
  await deps.imports.sweepSandboxes(async (runIds) => {
    const alive = await db
      .select({ id: runs.id })
      .from(runs)
      .where(and(inArray(runs.id, [...runIds]), inArray(runs.state, [...active])));
    const living = new Set(alive.map(({ id }) => id));
    return new Set(runIds.filter((id) => !living.has(id)));
  });
  await settleRuns(db);
  const whole = await db
    .select()
    .from(imports)
    .where(and(eq(imports.state, "uploading"), eq(imports.receivedBytes, imports.bytes)));
  for (const { id, fileName } of whole) {
    await settleUpload(db, { id, fileName, path: importPath(folder, id) }).catch((error: unknown) => {
      deps.logger.warn("an upload could not be looked at; the next sweep tries again", { importId: id, error });
    });
  }
  await db
    .delete(imports)
    .where(and(eq(imports.state, "uploading"), lt(imports.touchedAt, sql`clock_timestamp() - make_interval(hours => ${abandonedHours})`)));
  await removeUnnamed(db, folder);
}

/** An import whose run is over and that still looks as if it ran belongs to a worker that died. */
async function settleRuns(db: Database): Promise<void> {
  const left = await db
    .select({ id: imports.id, runId: imports.runId, error: runs.error })
    .from(imports)
    .leftJoin(runs, eq(runs.id, imports.runId))
    .where(and(eq(imports.state, "running"), or(isNull(runs.id), notInArray(runs.state, [...active]))));
  for (const { id, runId, error } of left) {
    const { code, params } = error ?? describeReason({ code: "run-cancelled", params: {} });
    await db
      .update(imports)
      .set({ state: "failed", error: { code, params }, version: sql`${imports.version} + 1` })
      .where(and(eq(imports.id, id), eq(imports.state, "running"), runId === null ? undefined : eq(imports.runId, runId)));
  }
}

async function removeUnnamed(db: Database, folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const ids = names.filter((name) => isId("import", name));
  if (ids.length === 0) return;
  // A row comes before its first byte, so bytes without a row are of an import that was removed.
  const known = await db.select({ id: imports.id, state: imports.state }).from(imports).where(inArray(imports.id, ids));
  const kept = new Set(known.filter(({ state }) => state !== "done").map(({ id }) => id));
  for (const id of ids) if (!kept.has(id)) await rm(join(folder, id), { force: true });
}

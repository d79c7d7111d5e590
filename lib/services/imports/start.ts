import { eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type { startImport as contract } from "#lib/contracts/imports";
import type { RunDetailDto, StepCode } from "#lib/contracts/runs";
import { imports } from "#lib/db/schema/imports";
import type { SourceEngine } from "#lib/domain/backup-state";
import { LifeboatError } from "#lib/domain/error";
import type { ImportFormat } from "#lib/domain/import-state";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { loadRunDetail } from "../runs/load.ts";
import { startRun } from "../runs/start.ts";
import { lockSource } from "../sources/load.ts";
import type { ImportRow } from "./dto.ts";
import { lockImport } from "./load.ts";

/** What the executor reads again. */
export const importOrder = z.object({ importId: z.string(), takenAt: z.iso.datetime().nullable() });
export type ImportOrder = z.infer<typeof importOrder>;

const asTheyAre: readonly StepCode[] = ["detect", "dump", "publish", "reread"];
const throughSandbox: readonly StepCode[] = ["detect", "sandbox", "run-script", "dump", "publish", "reread"];

/** Steps of an import, in order. */
export const importSteps: Readonly<Record<ImportFormat, readonly StepCode[]>> = {
  "pg-custom": asTheyAre,
  sqlite: asTheyAre,
  "lifeboat-pack": asTheyAre,
  "pg-plain": throughSandbox,
  "pg-directory-tar": throughSandbox,
};

/** The engine of what a format holds; null for a pack, which may hold any. */
export const engineOf: Readonly<Record<ImportFormat, SourceEngine | null>> = {
  "pg-custom": "postgres",
  "pg-plain": "postgres",
  "pg-directory-tar": "postgres",
  sqlite: "sqlite",
  "lifeboat-pack": null,
};

/**
 * Makes a file a backup of a source: starts the run. Throws `not-found`, `import-incomplete` { receivedBytes, bytes },
 * `import-format-unknown`, `import-engine-differs` { format, engine }, `run-active` { runId }, `run-finished` for one that is a backup
 * already, and `invalid-input` without a time that the file does not tell.
 */
export async function startImport(context: ServiceContext, input: EndpointInput<typeof contract>): Promise<RunDetailDto> {
  authorise(context, "backups:import");
  const { id } = input.params;
  const { sourceId, takenAt } = input.body;
  const run = await context.db.transaction(async (tx) => {
    const row = await lockImport(tx, id);
    const format = startable(row);
    const source = await lockSource(tx, sourceId);
    const engine = engineOf[format];
    if (engine !== null && engine !== source.engine) throw new LifeboatError("import-engine-differs", { format, engine: source.engine });
    assertTime(row, takenAt, context.now());
    const started = await startRun(tx, context, {
      type: "import",
      subject: id,
      sourceId,
      trigger: context.actor.type === "token" ? "api" : "manual",
      input: { importId: id, takenAt: takenAt ?? null } satisfies ImportOrder,
      steps: importSteps[format],
    });
    await tx
      .update(imports)
      .set({ state: "running", runId: started.id, sourceId, error: null, version: sql`${imports.version} + 1` })
      .where(eq(imports.id, id));
    await recordAudit(tx, context, {
      action: "import.start",
      targetType: "import",
      targetId: id,
      targetName: row.fileName,
      after: { runId: started.id, sourceId, format, takenAt: takenAt ?? null },
    });
    return started;
  });
  await context.wake(run.id, run.workerGroup);
  return loadRunDetail(context.db, run.id);
}

function startable(row: ImportRow): ImportFormat {
  const { state, receivedBytes, bytes, runId, format } = row;
  if (state === "uploading") throw new LifeboatError("import-incomplete", { receivedBytes, bytes });
  if (state === "running") throw new LifeboatError("run-active", { runId: runId ?? "", type: "import" });
  if (state === "done") throw new LifeboatError("run-finished", { runId: runId ?? "", state: "succeeded" });
  if (format !== null) return format;
  throw new LifeboatError("import-format-unknown", row.error?.params ?? { fileName: row.fileName, found: "unknown" });
}

/** A pack's sidecar may tell the time; that is seen when it is read. */
function assertTime(row: ImportRow, asked: string | undefined, now: Date): void {
  const takenAt = asked === undefined ? row.takenAt : new Date(asked);
  if (takenAt === null) {
    if (row.format !== "lifeboat-pack")
      throw new LifeboatError("invalid-input", { issues: "takenAt: the file does not tell when it was made" });
    return;
  }
  if (takenAt > now) throw new LifeboatError("invalid-input", { issues: "takenAt: lies in the future" });
}

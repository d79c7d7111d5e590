import type { RestoreInput } from "#lib/contracts/restores";
import { LifeboatError, type Reason, reasonOf } from "#lib/domain/error";
import { planFileRestore } from "#lib/domain/file-restore-plan";
import type { FileTargetFacts } from "#lib/engines/file-port";
import type { BackupFacts } from "../backups/facts.ts";
import type { RunWork } from "../runs/work.ts";
import type { PreviewTarget } from "./preview-output.ts";
import type { FileTarget } from "./resolve-order.ts";

export type FileOrder = Pick<RestoreInput, "mode" | "ignoreOpenFile" | "content" | "tables"> & FileTarget;

/** Looks at the place and decides; changes nothing. Throws what `FileEngine.inspectTarget` throws, and `invalid-input` for a part of a file. */
export async function planFile(
  { deps }: Pick<RunWork, "deps">,
  facts: BackupFacts,
  order: FileOrder,
): Promise<{ target: FileTargetFacts; blockers: Reason[]; warnings: Reason[] }> {
  if (order.content !== "all" || order.tables.length > 0)
    throw new LifeboatError("invalid-input", { issues: "content: a file is restored whole" });
  const target = await deps.files.inspectTarget(order.path);
  return { target, ...planFileRestore(target, { ...order, streamBytes: facts.stream.bytes }) };
}

/** What a restore into a file would meet. A path that cannot be used is a blocker, not an error. */
export async function inspectFile(work: RunWork, facts: BackupFacts, order: FileOrder): Promise<PreviewTarget> {
  const { freeBytes: workerFreeBytes } = await work.deps.tempSpace();
  const common = {
    serverVersion: null,
    toolVersion: work.deps.files.version,
    existingDatabases: [],
    workerFreeBytes,
    missingRoles: [],
    missingExtensions: [],
    missingTablespaces: [],
    missingLocale: null,
    replace: null,
  };
  try {
    const { target, blockers, warnings } = await planFile(work, facts, order);
    const { path, exists, bytes, openBy, freeBytes } = target;
    const file = { path, exists, bytes, openBy, freeBytes };
    return { ...common, file, databaseExists: exists, serverFreeBytes: freeBytes, warnings, blockers };
  } catch (error) {
    if (!(error instanceof LifeboatError)) throw error;
    const file = { path: order.path, exists: false, bytes: null, openBy: null, freeBytes: 0 };
    return { ...common, file, databaseExists: false, serverFreeBytes: null, warnings: [], blockers: [reasonOf(error)] };
  }
}

import { describeReason } from "#lib/contracts/describe-reason";
import type { ReplacePlanDto, RestoreInput } from "#lib/contracts/restores";
import type { Database } from "#lib/db/client";
import type { Reason } from "#lib/domain/error";
import { findFileSource } from "./file-source.ts";
import type { PreviewOutput } from "./preview-output.ts";
import { findReplacementTarget } from "./replacement-target.ts";
import type { FileTarget, RestoreOrder, ServerTarget } from "./resolve-order.ts";

type Asked = Pick<RestoreInput, "mode" | "targetEnvironment">;
type Planned = {
  /** What is typed as the confirmation: the database's name, or that of the file without folder and extension. */
  readonly name: string;
  readonly replace: ReplacePlanDto | null;
  readonly blockers: readonly Reason[];
};

/** What the worker found at a target that is to be replaced, with what the catalogue knows of it. */
export async function planReplacement(db: Database, order: RestoreOrder, asked: Asked, found: PreviewOutput): Promise<Planned> {
  const { target } = order;
  return target.type === "server" ? planDatabase(db, target, asked, found) : planFile(db, order, target, asked, found);
}

async function planDatabase(
  db: Database,
  { server, database }: ServerTarget,
  { targetEnvironment }: Asked,
  found: PreviewOutput,
): Promise<Planned> {
  if (found.replace === null) return { name: database, replace: null, blockers: [] };
  const { source, ...target } = await findReplacementTarget(db, { serverId: server.id, database, targetEnvironment });
  const why = found.replace.why === null ? null : describeReason(found.replace.why);
  const replace = { ...found.replace, why, ...target, sourceId: source?.id ?? null, sourceName: source?.name ?? null };
  return { name: database, replace, blockers: [] };
}

/** A file is replaced in one step and not kept: the safety backup of it is the way back, and only a source has one. */
async function planFile(
  db: Database,
  { source: from }: RestoreOrder,
  { path }: FileTarget,
  { mode }: Asked,
  { file }: PreviewOutput,
): Promise<Planned> {
  if (mode === "new" || file === null || !file.exists) return { name: from.database, replace: null, blockers: [] };
  const source = await findFileSource(db, { path, workerGroup: from.workerGroup });
  if (source === null) return { name: from.database, replace: null, blockers: [{ code: "file-exists", params: { path } }] };
  const replace: ReplacePlanDto = {
    strategy: "in-place",
    why: null,
    keptName: null,
    sourceId: source.id,
    sourceName: source.name,
    environment: source.environment,
    needsProductionConfirmation: source.environment === "production",
    sessions: file.openBy ?? 0,
    sizeBytes: file.bytes,
    owner: "",
    tables: 0,
    extraTables: [],
    extraTablesTotal: 0,
  };
  return { name: source.database, replace, blockers: [] };
}

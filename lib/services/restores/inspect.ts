import type { RestoreInput } from "#lib/contracts/restores";
import type { servers } from "#lib/db/schema/servers";
import { planReplace, type ReplaceBackup, type ReplaceDecision } from "#lib/domain/replace-plan";
import { planRestore, type RestorePlan } from "#lib/domain/restore-plan";
import type { RestoreRequest, TargetFacts } from "#lib/engines/port";
import type { BackupFacts } from "../backups/facts.ts";
import type { RunWork } from "../runs/work.ts";
import { addressOf } from "../servers/address.ts";
import { unsafeForArchive } from "./foreign-archive.ts";

/** What an engine is told of a restore beside the backup and the server. */
export type LoadOrder = Pick<RestoreInput, "content" | "owners" | "tables" | "jobs"> & { readonly database: string };

/** The order as engines take it. */
export function restoreRequest(
  work: Pick<RunWork, "deps">,
  facts: Pick<BackupFacts, "backup">,
  server: typeof servers.$inferSelect,
  order: LoadOrder,
): RestoreRequest {
  return {
    address: addressOf(work.deps.context.keyring, server, "restore"),
    database: order.database,
    properties: facts.backup.manifest?.properties ?? null,
    content: order.content,
    tables: order.tables,
    owners: order.owners,
    jobs: order.jobs,
  };
}

/** `replace` is null for a restore into a new database, and where there is nothing to replace. */
export type TargetPlan = RestorePlan & { readonly replace: ReplaceDecision | null };

/** Asks the target and decides what the restore would meet; changes nothing. */
export async function inspectTarget(
  work: RunWork,
  facts: BackupFacts,
  request: RestoreRequest,
  mode: RestoreInput["mode"],
): Promise<{ target: TargetFacts; plan: TargetPlan; workerFreeBytes: number }> {
  const target = await work.deps.engine.inspectTarget(request, work.engineContext);
  const { freeBytes } = await work.deps.tempSpace();
  const wanted = {
    database: request.database,
    content: request.content,
    owners: request.owners,
    user: request.address.username,
    workerFreeBytes: freeBytes,
    tempPath: work.deps.tempDir,
    tables: request.tables,
    now: work.deps.context.now(),
  };
  const backup = planBackup(facts);
  const plan = mode === "replace" ? planReplace(backup, target, wanted) : { ...planRestore(backup, target, wanted), replace: null };
  const unsafe = unsafeForArchive(work, facts.backup, target.toolVersion);
  const blockers = unsafe === null ? plan.blockers : [unsafe, ...plan.blockers];
  return { target, plan: { ...plan, blockers }, workerFreeBytes: freeBytes };
}

function planBackup(facts: BackupFacts): ReplaceBackup {
  const { backup, tables } = facts;
  const properties = backup.manifest?.properties ?? null;
  return {
    serverVersion: backup.serverVersion,
    toolVersion: backup.toolVersion,
    streamBytes: backup.streamBytes,
    roles: backup.manifest?.roles ?? [],
    owner: properties?.owner ?? null,
    extensions: backup.manifest?.extensions ?? [],
    tablespaces: backup.manifest?.tablespaces ?? [],
    tables,
    excludedTables: tables.filter((table) => table.excluded),
    encoding: properties?.encoding ?? null,
    locale:
      properties === null ? null : `${properties.localeProvider} ${properties.icuLocale ?? properties.collate} (${properties.encoding})`,
  };
}

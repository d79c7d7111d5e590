import { eq } from "drizzle-orm";
import { restores } from "#lib/db/schema/restores";
import { LifeboatError } from "#lib/domain/error";
import type { RestoreRequest, TargetFacts } from "#lib/engines/port";
import { type BackupFacts, knownBackup } from "../backups/facts.ts";
import { holdAvailable } from "../backups/hold-available.ts";
import type { RunWork } from "../runs/work.ts";
import { getServerOrThrow } from "../servers/execute-check.ts";
import { checkPacks } from "./check-packs.ts";
import { inspectTarget, restoreRequest, type TargetPlan } from "./inspect.ts";
import type { DatabaseRestore, ReplacementRow, RestoreRow } from "./rows.ts";

/** A restore that nothing stands in the way of, and whose backup cannot be removed meanwhile. */
export type Prepared = {
  readonly restore: DatabaseRestore;
  readonly facts: BackupFacts;
  readonly request: RestoreRequest;
  readonly target: TargetFacts;
  readonly plan: TargetPlan;
};

/** A replacement that may begin: the old database is known by its object id. */
export type PreparedReplacement = Prepared & { readonly replacement: ReplacementRow; readonly oldOid: number };

/** The restore that a run carries out. Throws `not-found`. */
export async function loadRestore({ db, run }: Pick<RunWork, "db" | "run">): Promise<RestoreRow> {
  const [restore] = await db
    .select()
    .from(restores)
    .where(eq(restores.id, run.restoreId ?? ""));
  if (restore === undefined) throw new LifeboatError("not-found", { entity: "restore", id: run.restoreId ?? "" });
  return restore;
}

/**
 * Sees to it that every pack is there, asks the target and throws the first blocker; takes the chain's shared lock. Nothing is changed on
 * the target. Throws `pack-missing`, `chain-broken` { key }, `pack-truncated`.
 */
export async function prepareRestore(work: RunWork, restore: DatabaseRestore): Promise<Prepared> {
  const { db, reporter } = work;
  const facts = await holdAvailable(work, restore.backupId);
  const server = await getServerOrThrow(db, restore.serverId);
  const [problem] = await checkPacks(work, facts);
  if (problem !== undefined) throw new LifeboatError(problem.code, problem.params);
  const request = restoreRequest(work, facts, server, restore);
  const { target, plan } = await inspectTarget(work, facts, request, restore.mode);
  const [blocker] = plan.blockers;
  if (blocker !== undefined) throw new LifeboatError(blocker.code, blocker.params);
  for (const warning of plan.warnings) reporter.log("warning", `${warning.code}: ${Object.values(warning.params).join(" ")}`);
  reporter.log("info", `target server ${target.serverVersion}, pg_restore ${target.toolVersion ?? "?"}`);
  return { restore, facts, request, target, plan };
}

/** Writes the whole stream to a file, all hashes checked: the target is touched only after that. */
export async function spoolArchive(work: RunWork, { facts }: Prepared, path: string): Promise<void> {
  const { reporter, deps, signal } = work;
  const known = knownBackup(facts);
  reporter.restart({ bytesTotal: known.stream.bytes });
  await reporter.step("spool", () => deps.repository.spool(known, path, signal, (bytesDone) => reporter.progress({ bytesDone })));
}

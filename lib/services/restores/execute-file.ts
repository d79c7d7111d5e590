import { eq } from "drizzle-orm";
import { z } from "zod";
import { restores } from "#lib/db/schema/restores";
import { compareTables, type Comparison } from "#lib/domain/compare-tables";
import { LifeboatError, reasonOf } from "#lib/domain/error";
import { judgeRestore } from "#lib/domain/restore-verdict";
import type { FileTargetFacts } from "#lib/engines/file-port";
import { recordAudit } from "../audit/record.ts";
import { type BackupFacts, knownBackup } from "../backups/facts.ts";
import { holdAvailable } from "../backups/hold-available.ts";
import { finishRun } from "../runs/finish.ts";
import { assertLease, tokenOf } from "../runs/lease.ts";
import { actAs, type RunWork } from "../runs/work.ts";
import { settleUntouched } from "./created-database.ts";
import { checkFileSafety } from "./file-safety.ts";
import { type FileOrder, planFile } from "./plan-file.ts";
import type { RestoreRow } from "./rows.ts";

/** Tables of a file have no digests of their own; the file has one, and it was checked while it was written. */
const noDigest = "0".repeat(64);

const fileRunInput = z.object({ ignoreOpenFile: z.boolean().default(false) });

type Prepared = {
  readonly restore: RestoreRow;
  readonly order: FileOrder;
  readonly facts: BackupFacts;
  readonly target: FileTargetFacts;
  readonly temporary: string;
  /** Null unless a file is replaced. */
  readonly safety: BackupFacts | null;
};

/**
 * Restores into a file: a new one, or in the place of one that is there. The new file is made beside its place, all hashes checked, and
 * looked at by SQLite; then it gets its name in one step. At any moment the name leads to the old file or to the new one, whole.
 */
export async function executeFileRestore(work: RunWork, restore: RestoreRow): Promise<void> {
  const { db, deps, run } = work;
  const order = orderOf(work, restore);
  let temporary: string | null = null;
  try {
    const prepared = await prepare(work, restore, order);
    ({ temporary } = prepared);
    const comparison = await make(work, prepared);
    const warnings = await work.reporter.step("replace-file", () => putInPlace(work, prepared));
    await commit(work, prepared, { comparison, warnings });
  } catch (error) {
    // The name of it is this claim's own: whoever has the run by now does not need it.
    if (temporary !== null) await deps.files.removeTemporary(temporary).catch(() => undefined);
    if (reasonOf(error).code !== "lease-lost") await settleUnlessPlaced(work, restore.id, () => settleUntouched(db, run.id));
    throw error;
  }
}

function orderOf({ run }: RunWork, restore: RestoreRow): FileOrder {
  const { ignoreOpenFile } = fileRunInput.parse(run.input);
  const { mode, content, tables, targetPath } = restore;
  return { type: "file", path: targetPath ?? "", mode, content, tables, ignoreOpenFile };
}

async function prepare(work: RunWork, restore: RestoreRow, order: FileOrder): Promise<Prepared> {
  const { deps, reporter } = work;
  const { facts, target } = await reporter.step("prepare", async () => {
    const found = await holdAvailable(work, restore.backupId);
    return { facts: found, target: await checkPlan(work, found, order) };
  });
  const safety =
    order.mode === "replace" ? await reporter.step("safety-check", () => checkFileSafety(work, target.path), safetyFacts) : null;
  if (safety === null) await reporter.setStep("safety-check", { state: "skipped" });
  return { restore, order, facts, target, safety, temporary: deps.files.temporaryPath(target.path, tokenOf(work.lease)) };
}

function safetyFacts({ backup, stream }: BackupFacts) {
  return { backupId: backup.id, streamBytes: stream.bytes, verified: true };
}

/** Throws the first blocker. */
async function checkPlan(work: RunWork, facts: BackupFacts, order: FileOrder): Promise<FileTargetFacts> {
  const { target, blockers, warnings } = await planFile(work, facts, order);
  const [blocker] = blockers;
  if (blocker !== undefined) throw new LifeboatError(blocker.code, blocker.params);
  for (const warning of warnings) work.reporter.log("warning", `${warning.code}: ${Object.values(warning.params).join(" ")}`);
  return target;
}

/** The whole file under its temporary name: hashes, SQLite's checks, rows. */
async function make(work: RunWork, { restore, facts, target, temporary }: Prepared): Promise<Comparison> {
  const { db, deps, reporter, signal, engineContext } = work;
  await recordFacts(work, restore.id, { path: target.path, temporary, identity: null });
  reporter.restart({ bytesTotal: facts.stream.bytes });
  await reporter.step("spool", () =>
    deps.repository.spool(knownBackup(facts), temporary, signal, (bytesDone) => reporter.progress({ bytesDone })),
  );
  return reporter.step(
    "compare",
    async () => {
      const checks = await deps.files.check(temporary, engineContext);
      signal.throwIfAborted();
      const copied = checks.tables.map(({ table, rows }) => ({ schema: "main", table, rows, sha256: noDigest }));
      const comparison = compareTables(facts.tables, copied, { content: "all", tables: [] });
      await db.update(restores).set({ comparison }).where(eq(restores.id, restore.id));
      const [detail] = checks.problems;
      // What was damaged when it was copied comes back as it was: the backup says so.
      const wasDamaged = facts.backup.warnings.some((warning) => warning.startsWith("integrity_check: "));
      if (detail !== undefined && !wasDamaged) throw new LifeboatError("sqlite-check-failed", { check: "integrity_check", detail });
      const { failure } = judgeRestore({ exitCode: 0, errors: [] }, comparison);
      if (failure !== null && !wasDamaged) throw new LifeboatError(failure.code, failure.params);
      return comparison;
    },
    ({ equal, different, rowsExpected, rowsActual }) => ({ equal, different, rowsExpected, rowsActual }),
  );
}

/** Gives warnings. Whoever was stopped meanwhile and lost its run does not rename any more. */
async function putInPlace(work: RunWork, prepared: Prepared): Promise<string[]> {
  const { db, deps, lease, reporter, engineContext } = work;
  const { restore, order, facts, temporary, safety } = prepared;
  const { files } = deps;
  const { path, identity: old } = await reporter.step("check-target", () => checkPlan(work, facts, order));
  if (path !== prepared.target.path || old !== prepared.target.identity) throw new LifeboatError("file-changed", { path });
  const identity = await files.seal(temporary);
  await recordFacts(work, restore.id, { path, temporary, identity });
  work.signal.throwIfAborted();
  const guard = (rename: () => Promise<void>) =>
    db.transaction(async (tx) => {
      await assertLease(tx, lease);
      await rename();
    });
  try {
    if (old === null) {
      await guard(() => files.place(temporary, path));
      return [];
    }
    const target = { path, identity: old, ignoreOpenFile: order.ignoreOpenFile, oldSha256: safety?.stream.sha256 ?? null };
    const { isSame } = await files.replace(temporary, target, engineContext, guard);
    return isSame ? [] : ["something was written to the file after its safety backup: that is not in it"];
  } catch (error) {
    if (reasonOf(error).code === "lease-lost" || (await files.identityOf(path).catch(() => null)) !== identity) throw error;
    reporter.log("warning", `the answer to the rename was lost (${reasonOf(error).code}), but it was done`);
    return [];
  }
}

/** What the sweep goes by after a crash: the name is the restore's when it leads to what has this identity. */
async function recordFacts(
  work: RunWork,
  restoreId: string,
  facts: { path: string; temporary: string; identity: string | null },
): Promise<void> {
  await work.db.transaction(async (tx) => {
    await assertLease(tx, work.lease);
    await tx.update(restores).set({ facts }).where(eq(restores.id, restoreId));
  });
}

async function settleUnlessPlaced(work: RunWork, restoreId: string, settle: () => Promise<void>): Promise<void> {
  const [row] = await work.db.select({ facts: restores.facts }).from(restores).where(eq(restores.id, restoreId));
  const { path, identity } = row?.facts ?? {};
  if (typeof path === "string" && typeof identity === "string") {
    const now = await work.deps.files.identityOf(path).catch(() => null);
    // Placed, but the end could not be written: the sweep says so.
    if (now === identity) return;
  }
  await settle();
}

async function commit(
  work: RunWork,
  { restore, order, facts, target, safety }: Prepared,
  { comparison, warnings }: { comparison: Comparison; warnings: string[] },
): Promise<void> {
  const { db, deps, run, lease } = work;
  await work.reporter.flush();
  await db.transaction(async (tx) => {
    await assertLease(tx, lease);
    const outcome = order.mode === "replace" ? ("replaced" as const) : ("created" as const);
    await tx
      .update(restores)
      .set({ outcome, comparison, targetPath: target.path, facts: safety === null ? {} : { safetyBackupId: safety.backup.id } })
      .where(eq(restores.id, restore.id));
    await recordAudit(tx, actAs(deps, run), {
      action: "restore.completed",
      targetType: "restore",
      targetId: restore.id,
      targetName: target.path,
      after: { runId: run.id, backupId: facts.backup.id, path: target.path, mode: order.mode, safetyBackupId: safety?.backup.id ?? null },
    });
    await finishRun(tx, lease, { state: "succeeded", warnings });
  });
}

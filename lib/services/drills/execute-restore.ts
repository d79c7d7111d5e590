import { eq } from "drizzle-orm";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { drills } from "#lib/db/schema/drills";
import { LifeboatError, reasonOf } from "#lib/domain/error";
import { keptErrors } from "#lib/domain/restore-errors";
import type { LoadResult } from "#lib/engines/port";
import { type BackupFacts, knownBackup } from "../backups/facts.ts";
import { holdAvailable } from "../backups/hold-available.ts";
import { checkPacks } from "../restores/check-packs.ts";
import { loadStep, maxErrors } from "../restores/load-copy.ts";
import { finishRun } from "../runs/finish.ts";
import { assertLease } from "../runs/lease.ts";
import { actAs, type RunWork } from "../runs/work.ts";
import { sealAccess } from "./access.ts";
import { changeDrill } from "./change.ts";
import { judgeFailedRestore } from "./checks/rows.ts";
import { goOn } from "./go-on.ts";
import { machineMsAfter } from "./machine-time.ts";
import { makeTarget, type MadeTarget } from "./make-target.ts";
import { removeCopy } from "./remove-copy.ts";
import type { RestoredFacts } from "./restored.ts";
import { type DrillRow, getDrillOrThrow, lockDrill } from "./rows.ts";
import { settlingFailure } from "./settle-run.ts";

const removalMs = 6_000;

type Restored = { readonly made: MadeTarget; readonly facts: RestoredFacts; readonly copyBytes: number | null };

/**
 * Restores a drill's backup into its target: every hash is checked before the first statement of the backup reaches it. What fails is removed again, and
 * the check that it stands for has failed.
 */
export async function executeDrillRestore(work: RunWork): Promise<void> {
  const drill = await getDrillOrThrow(work.db, work.run.subject);
  const at = { stream: true };
  await settlingFailure(
    work,
    async () => {
      try {
        await commitRestored(work, drill, await restore(work, drill, at));
      } catch (error) {
        await undo(work, drill, error);
        throw error;
      }
    },
    async (tx, held, reason) => {
      const isVerdict = !["run-cancelled", "worker-stopping"].includes(reason.code);
      if (held.state === "restoring" && isVerdict)
        await judgeFailedRestore(tx, drill.id, new LifeboatError(reason.code, reason.params), !at.stream);
      await tx
        .update(drills)
        .set({ machineMs: machineMsAfter(work.run.id) })
        .where(eq(drills.id, drill.id));
    },
  );
}

/** `at.stream` tells whoever asks later whether it was the backup's bytes that failed. */
async function restore(work: RunWork, drill: DrillRow, at: { stream: boolean }): Promise<Restored> {
  const { deps, reporter, engineContext } = work;
  const facts = await reporter.step("prepare", () => prepare(work, drill));
  const folder = await deps.drills.sandboxes.folder(drill.id);
  const streamPath = join(folder, drill.target?.type === "file" ? drill.target.name : "archive.dump");
  // A server takes seconds to start: meanwhile the stream is put together. Whichever fails ends the other one.
  const stop = new AbortController();
  const signal = AbortSignal.any([work.signal, stop.signal]);
  const both = [
    spool(work, facts, streamPath, signal),
    makeTarget(work, drill, facts, { ...engineContext, signal, workDir: await subfolder(work) }),
  ] as const;
  for (const each of both) each.catch((error: unknown) => stop.abort(error));
  const [spooled, target] = await Promise.allSettled(both);
  // Whoever failed first tells why; the other one was only stopped.
  if (spooled.status === "rejected" && (target.status === "fulfilled" || stop.signal.reason === spooled.reason)) throw spooled.reason;
  at.stream = false;
  if (target.status === "rejected") throw target.reason;
  const made = target.value;
  const { request } = made;
  const load: LoadResult =
    request === null
      ? { exitCode: 0, errors: [] }
      : await loadStep(work, (onEntry) => deps.engine.load(streamPath, request, onEntry, engineContext));
  work.signal.throwIfAborted();
  const { stream } = facts;
  const { errors, ...errorCounts } = keptErrors(load.errors, maxErrors);
  return {
    made,
    copyBytes: request === null ? stream.bytes : null,
    facts: {
      streamPath,
      streamBytes: stream.bytes,
      streamSha256: stream.sha256,
      exitCode: load.exitCode,
      errors: errors.map(({ class: kind, entry, message }) => ({ class: kind, entry, message })),
      errorCounts,
      rolesCreated: [...made.rolesCreated],
      roleProblems: [...made.roleProblems],
    },
  };
}

/** What an earlier attempt left goes first. The chain is held: its packs cannot be removed while they are read. */
async function prepare(work: RunWork, drill: DrillRow): Promise<BackupFacts> {
  if (drill.backupId === null || drill.target === null) throw new LifeboatError("drill-blocked", { code: "backup" });
  await removeCopy(work, drill);
  const facts = await holdAvailable(work, drill.backupId);
  const [problem] = await checkPacks(work, facts);
  if (problem !== undefined) throw new LifeboatError(problem.code, problem.params);
  return facts;
}

async function spool({ deps, reporter }: RunWork, facts: BackupFacts, path: string, signal: AbortSignal): Promise<void> {
  const known = knownBackup(facts);
  reporter.restart({ bytesTotal: known.stream.bytes });
  await reporter.step("spool", () => deps.repository.spool(known, path, signal, (bytesDone) => reporter.progress({ bytesDone })));
}

/** Tools keep files under fixed names: two at once need a folder each. */
async function subfolder({ engineContext }: RunWork): Promise<string> {
  const path = join(engineContext.workDir, "target");
  await mkdir(path, { mode: 0o700, recursive: true });
  return path;
}

async function commitRestored(work: RunWork, drill: DrillRow, { made, facts, copyBytes }: Restored): Promise<void> {
  const { db, deps, run, lease } = work;
  const context = actAs(deps, run);
  await work.reporter.flush();
  await db.transaction(async (tx) => {
    const held = await lockDrill(tx, drill.id);
    await assertLease(tx, lease);
    await finishRun(tx, lease, { state: "succeeded", output: facts });
    // Aborted meanwhile: the next run removes what was made.
    if (held.state !== "restoring") return;
    const validating = await changeDrill(tx, context, held, {
      to: "validating",
      set: {
        sealedAccess: sealAccess(deps.context.keyring, drill.id, made.access),
        target: made.target,
        machineMs: machineMsAfter(run.id),
        ...(copyBytes === null ? {} : { copyBytes }),
      },
      told: [{ code: "restored", params: { errors: facts.errorCounts?.count ?? facts.errors.length } }],
    });
    await goOn(tx, context, validating);
  });
}

/** Without a lease nothing is done: whoever took the run decides. The run's own signal may be the reason, so the removal has one of its own. */
async function undo(work: RunWork, drill: DrillRow, error: unknown): Promise<void> {
  const { db, deps } = work;
  if (reasonOf(error).code === "lease-lost") return;
  try {
    await db.transaction((tx) => assertLease(tx, work.lease));
    const engineContext = { ...work.engineContext, signal: AbortSignal.timeout(removalMs) };
    const left = await removeCopy({ db, deps, engineContext }, await getDrillOrThrow(db, drill.id));
    if (left.databases + left.processes + left.folders + left.files > 0) throw new LifeboatError("copy-gone", { detail: left.detail });
    await db.update(drills).set({ hasTarget: false, sealedAccess: null }).where(eq(drills.id, drill.id));
  } catch (cause) {
    work.reporter.log("warning", "what was restored so far was not removed; the next attempt or the clean-up does it");
    deps.logger.warn("a failed drill's copy waits for its clean-up", { drillId: drill.id, error: cause });
  }
}

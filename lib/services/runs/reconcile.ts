import { and, eq, inArray, isNull, lt, max, notInArray, or, sql } from "drizzle-orm";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { describeReason } from "#lib/contracts/describe-reason";
import type { Database } from "#lib/db/client";
import { chainLocks } from "#lib/db/schema/chain-locks";
import { runLog } from "#lib/db/schema/run-log";
import { runs } from "#lib/db/schema/runs";
import type { Reason } from "#lib/domain/error";
import type { EngineContext } from "#lib/engines/port";
import { reconcileIntents } from "../backups/reconcile-intents.ts";
import { isLockOver, unlockChains } from "../chains/lock.ts";
import { ensurePlans } from "../drill-plans/ensure.ts";
import { reconcileDrills } from "../drills/reconcile.ts";
import { startDueDrills } from "../drills/schedule.ts";
import { sweepImports } from "../imports/sweep.ts";
import { openAfterFailures } from "../incidents/open-after-failures.ts";
import { reconcileReplacements, reconcileRestores, type WithEngineContext } from "../restores/reconcile-restores.ts";
import { reconcileFileRestores } from "../restores/settle-file.ts";
import { closeSteps } from "./finish.ts";
import { applicationNameOf, databaseNow, runIdOfToken } from "./lease.ts";
import { endSessionsOf } from "./end-sessions.ts";
import type { RunRow } from "./start.ts";
import type { WorkerDeps } from "./work.ts";

const active = ["queued", "running"] as const;

/**
 * One sweep: fails runs whose lease is over, then settles what they left: backups in writing, temporary files, locks, databases of
 * restores, sessions, work folders. `own` are the runs of this very process, which is alive whatever its leases say. Parts that
 * fail are logged and come again with the next sweep. `sparesRuns`: true while the catalogue was away a moment ago, and no worker could
 * lengthen its leases; nobody's run is taken then. It is asked behind the question which leases are over: that one may have waited for the
 * catalogue to come back.
 */
export async function reconcile(
  db: Database,
  deps: WorkerDeps,
  own: ReadonlySet<string>,
  options: { sparesRuns?: () => boolean } = {},
): Promise<{ lost: string[] }> {
  const lost = await failLostRuns(db, deps, own, options.sparesRuns ?? (() => false));
  for (const run of lost) deps.logger.warn("a run was lost with its worker", { runId: run.id, workerId: run.workerId });
  const engineContext = (runId: string): EngineContext => ({
    signal: AbortSignal.timeout(sweepActionMs),
    workDir: deps.tempDir,
    applicationName: applicationNameOf(runId),
    log: () => undefined,
  });
  await attempt(deps, "locks", () => db.delete(chainLocks).where(isLockOver));
  for (const run of lost) await attempt(deps, "sessions", () => endSessionsOf(db, deps, run, engineContext(run.id)));
  await attempt(deps, "storage", async () => {
    await deps.prepareDestination();
    // Temporary files go first: a worker that was only stopped cannot publish any more what is decided about right after.
    await sweepStorage(db, deps);
    await reconcileIntents(db, deps);
  });
  const withEngineContext: WithEngineContext = (runId, work) => inFolder(deps, (workDir) => work({ ...engineContext(runId), workDir }));
  await attempt(deps, "restores", () => reconcileRestores(db, deps, withEngineContext));
  await attempt(deps, "replacements", () => reconcileReplacements(db, deps, withEngineContext));
  await attempt(deps, "restored files", () => reconcileFileRestores(db, deps));
  await attempt(deps, "imports", () => sweepImports(db, deps));
  await attempt(deps, "drills", () => reconcileDrills(db, deps, withEngineContext));
  await attempt(deps, "drill plans", () => ensurePlans(db, deps.context));
  await attempt(deps, "due drills", () => startDueDrills(deps.context, deps.logger));
  await attempt(deps, "work folders", () => sweepFolders(db, deps, own));
  await attempt(deps, "old probes", () => removeOldProbes(db));
  return { lost: lost.map((run) => run.id) };
}

/** A target that hangs must not hold up the sweep for longer. */
const sweepActionMs = 20_000;

/** Folders of sweeps begin so. One that is older than any action can take was left by a sweep that was killed. */
const sweepPrefix = "sweep-";
const abandonedMs = 15 * sweepActionMs;

/** Tools keep passwords in files of their folder: a sweep has one of its own, and it goes with the action. */
async function inFolder<T>(deps: WorkerDeps, work: (workDir: string) => Promise<T>): Promise<T> {
  const workDir = await mkdtemp(join(deps.tempDir, sweepPrefix));
  try {
    return await work(workDir);
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

async function attempt(deps: WorkerDeps, part: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    deps.logger.warn("a part of the sweep failed", { part, error });
  }
}

/** Takes runs away from workers whose lease is over. From then on that worker's writes are refused. */
async function failLostRuns(db: Database, deps: WorkerDeps, own: ReadonlySet<string>, sparesRuns: () => boolean): Promise<RunRow[]> {
  // A running run always carries a lease; one without could never be found by its end. After a restart of the catalogue living
  // workers have one lease's time to come back: nobody could lengthen a lease while it was down.
  const expired = and(
    eq(runs.state, "running"),
    or(isNull(runs.leaseExpiresAt), lt(runs.leaseExpiresAt, databaseNow)),
    sql`pg_postmaster_start_time() < ${databaseNow} - make_interval(secs => ${deps.leaseMs / 1000})`,
  );
  const candidates = await db.select({ id: runs.id, workerId: runs.workerId }).from(runs).where(expired);
  const lost: RunRow[] = [];
  for (const { id, workerId } of candidates) {
    if (own.has(id)) continue;
    if (sparesRuns()) return lost;
    const error: Reason = { code: "worker-lost", params: { workerId: workerId ?? "" } };
    const row = await db.transaction(async (tx) => {
      // A worker stopped inside a transaction holds the row until the server ends its session: the other runs do not wait for it.
      const free = await tx.select({ id: runs.id }).from(runs).where(eq(runs.id, id)).for("update", { skipLocked: true });
      if (free.length === 0) return null;
      const [taken] = await tx
        .update(runs)
        .set({ state: "failed", error, finishedAt: databaseNow, leaseExpiresAt: null, version: sql`${runs.version} + 1` })
        .where(and(eq(runs.id, id), expired))
        .returning();
      if (taken === undefined) return null;
      await closeSteps(tx, id, { state: "failed", error });
      await unlockChains(tx, id);
      await openAfterFailures(tx, deps.context, taken);
      const [last] = await tx
        .select({ seq: max(runLog.seq) })
        .from(runLog)
        .where(eq(runLog.runId, id));
      const { message } = describeReason(error);
      await tx.insert(runLog).values({ runId: id, seq: (last?.seq ?? 0) + 1, at: sql`clock_timestamp()`, level: "error", text: message });
      return taken;
    });
    if (row !== null) lost.push(row);
  }
  return lost;
}

/** Of some runs, those that are surely over. A run that was claimed a moment ago is never among them. */
async function deadAmong(db: Database, runIds: readonly string[]): Promise<Set<string>> {
  if (runIds.length === 0) return new Set();
  const alive = await db
    .select({ id: runs.id })
    .from(runs)
    .where(and(inArray(runs.id, [...new Set(runIds)]), inArray(runs.state, [...active])));
  const living = new Set(alive.map((run) => run.id));
  return new Set(runIds.filter((id) => !living.has(id)));
}

/** Two passes: the first only looks whose temporary files there are, the second removes those of dead runs. */
async function sweepStorage(db: Database, deps: WorkerDeps): Promise<void> {
  const { storage } = deps.destination;
  const seen: string[] = [];
  await storage.sweep((token) => {
    const runId = runIdOfToken(token);
    if (runId !== null) seen.push(runId);
    return false;
  });
  const dead = await deadAmong(db, seen);
  if (dead.size === 0) return;
  const swept = await storage.sweep((token) => dead.has(runIdOfToken(token) ?? ""));
  deps.logger.info("swept temporary files of dead runs", { count: swept.length });
}

async function sweepFolders(db: Database, deps: WorkerDeps, own: ReadonlySet<string>): Promise<void> {
  const names = await readdir(deps.tempDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const folders = names.flatMap((name) => {
    const runId = runIdOfToken(name);
    return runId === null || own.has(runId) ? [] : [{ name, runId }];
  });
  const dead = await deadAmong(
    db,
    folders.map((folder) => folder.runId),
  );
  for (const { name, runId } of folders) {
    if (dead.has(runId)) await rm(join(deps.tempDir, name), { recursive: true, force: true });
  }
  for (const name of names.filter((candidate) => candidate.startsWith(sweepPrefix))) {
    const path = join(deps.tempDir, name);
    const madeMs = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Infinity,
    );
    if (Date.now() - madeMs > abandonedMs) await rm(path, { recursive: true, force: true });
  }
}

/** Probes answered somebody who waited; a day later nobody asks for them. */
async function removeOldProbes(db: Database): Promise<void> {
  await db
    .delete(runs)
    .where(
      and(eq(runs.isProbe, true), notInArray(runs.state, [...active]), lt(runs.finishedAt, sql`clock_timestamp() - interval '1 day'`)),
    );
}

import { eq } from "drizzle-orm";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describeReason } from "#lib/contracts/describe-reason";
import type { Database } from "#lib/db/client";
import { runs } from "#lib/db/schema/runs";
import { LifeboatError, type Reason, reasonOf } from "#lib/domain/error";
import { isActive } from "#lib/domain/run-state";
import { unlockChains } from "#lib/services/chains/lock";
import { finishRun } from "#lib/services/runs/finish";
import { keepLease } from "#lib/services/runs/heartbeat";
import { applicationNameOf, type Lease, tokenOf } from "#lib/services/runs/lease";
import { createReporter } from "#lib/services/runs/progress";
import type { Logger } from "#lib/log/log";
import { openAfterFailures } from "#lib/services/incidents/open-after-failures";
import type { RunRow } from "#lib/services/runs/start";
import type { RunWork, WorkerDeps } from "#lib/services/runs/work";
import { executors } from "./executors.ts";

export type RunTimings = {
  readonly leaseMs: number;
  readonly heartbeatMs: number;
  readonly progressMs: number;
  /** How long an aborted executor may take to clean up before its place is taken from it; 30 s unless told. */
  readonly abandonMs?: number;
};

const defaultAbandonMs = 30_000;

/** Tries to write a run's end this often, a second apart; after that the lease ends and a sweep fails the run. A worker that stops has ten seconds for all. */
const endingTries = 5;
const endingTriesOfAStop = 2;

/**
 * Carries one claimed run to its end: lease, folder, executor, outcome, clean-up. Never throws. Aborting `controller` ends the run
 * with the reason it was aborted with; an executor that does not listen is left behind `abandonMs` later: its run is over, its
 * place free, and whatever it still does is refused by its lease or swept.
 */
export async function runOne(db: Database, deps: WorkerDeps, run: RunRow, timings: RunTimings, controller: AbortController): Promise<void> {
  const lease: Lease = { runId: run.id, workerId: run.workerId ?? "", fencingToken: run.fencingToken };
  const logger = deps.logger.child({ runId: run.id, type: run.type });
  const reporter = createReporter(db, lease, { progressMs: timings.progressMs, logger });
  const keeper = keepLease(db, lease, controller, { ...timings, logger });
  const workDir = join(deps.tempDir, tokenOf(lease));
  const signal = controller.signal;
  logger.info("run started");
  try {
    await mkdir(workDir, { recursive: true, mode: 0o700 });
    const engineContext = { signal, workDir, applicationName: applicationNameOf(run.id), log: reporter.log };
    const work: RunWork = { db, deps, run, lease, signal, reporter, engineContext };
    await untilDoneOrAbandoned(executors[run.type](work), signal, timings.abandonMs ?? defaultAbandonMs, logger);
    await assertEnded(db, run.id);
    logger.info("run ended");
  } catch (error) {
    const reason = whyItEnded(error, signal);
    logger[reason.code === "internal" ? "error" : "info"]("run did not succeed", { code: reason.code, params: reason.params, error });
    await recordFailure(db, { deps, run, lease, reporter, logger }, reason);
  } finally {
    await keeper.stop();
    await reporter.flush();
    await unlockChains(db, run.id).catch((error: unknown) => logger.warn("locks were not released; they end with their lease", { error }));
    await rm(workDir, { recursive: true, force: true }).catch((error: unknown) => logger.warn("work folder left for the sweep", { error }));
  }
}

async function untilDoneOrAbandoned(done: Promise<void>, signal: AbortSignal, abandonMs: number, logger: Logger): Promise<void> {
  // Once it was left behind, its end interests nobody.
  done.catch(() => undefined);
  const ended = new AbortController();
  const abandoned = async () => {
    await aborted(signal, ended.signal);
    await delay(abandonMs, undefined, { signal: ended.signal });
    logger.error("an executor did not end after it was stopped and is left behind", { abandonMs });
    throw signal.reason;
  };
  try {
    await Promise.race([done, abandoned()]);
  } finally {
    ended.abort();
  }
}

/** Resolves when `signal` is aborted; never otherwise, and listens only until `listening` is. */
function aborted(signal: AbortSignal, listening: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true, signal: listening }));
}

/** An executor that returns without having ended its run is a bug, and must not look like success. */
async function assertEnded(db: Database, runId: string): Promise<void> {
  const [row] = await db.select({ state: runs.state }).from(runs).where(eq(runs.id, runId));
  if (row !== undefined && isActive(row.state)) throw new Error("the executor returned without ending its run");
}

/** Tools that are ended by an abort fail in their own ways; the abort is the reason then. */
function whyItEnded(error: unknown, signal: AbortSignal): Reason {
  if (reasonOf(error).code === "lease-lost") return reasonOf(error);
  return signal.aborted && signal.reason instanceof LifeboatError ? signal.reason.reason : reasonOf(error);
}

type Failing = Pick<RunWork, "deps" | "run" | "lease" | "reporter"> & { readonly logger: Logger };

async function recordFailure(db: Database, { deps, run, lease, reporter, logger }: Failing, reason: Reason): Promise<void> {
  if (reason.code === "lease-lost") return;
  const { message, hint } = describeReason(reason);
  reporter.log(reason.code === "run-cancelled" ? "warning" : "error", `${message}. ${hint}`);
  await reporter.flush();
  const tries = reason.code === "worker-stopping" ? endingTriesOfAStop : endingTries;
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    try {
      await db.transaction(async (tx) => {
        const state = reason.code === "run-cancelled" ? "cancelled" : "failed";
        await finishRun(tx, lease, { state, error: reason });
        if (state === "failed") await openAfterFailures(tx, deps.context, run);
      });
      return;
    } catch (error) {
      if (reasonOf(error).code === "lease-lost") return;
      logger.warn("the run's end was not written", { attempt, error });
      if (attempt < tries) await delay(1000);
    }
  }
}

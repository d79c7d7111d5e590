import { setTimeout as delay } from "node:timers/promises";
import type { Catalogue } from "#lib/db/client";
import { LifeboatError } from "#lib/domain/error";
import { makeId } from "#lib/domain/ids";
import { listenForWakes } from "#lib/jobs/listener";
import { openQueue } from "#lib/jobs/queue";
import { wakerOn } from "#lib/jobs/waker";
import { autoBackup } from "#lib/services/backups/auto-backup";
import { forgetOldRows } from "#lib/services/people/forget-old-rows";
import { placesOfWorker } from "#lib/services/runs/claim";
import { reconcile } from "#lib/services/runs/reconcile";
import type { WorkerDeps } from "#lib/services/runs/work";
import { startDueScan } from "#lib/services/storage/scan";
import { policyLoops } from "./policy-loops.ts";
import { createRunSlots } from "./run-slots.ts";
import { registerWorker, signOffWorker, touchWorker, type WorkerFacts } from "./worker-row.ts";

export type WorkerOptions = {
  readonly catalogue: Catalogue;
  readonly databaseUrl: string;
  readonly deps: WorkerDeps;
  readonly group: string;
  readonly leaseMs: number;
  readonly heartbeatMs: number;
  readonly sweepMs: number;
  readonly progressMs: number;
  readonly abandonMs?: number;
  readonly autoBackup: boolean;
  /** How often it is asked whether storage is due to be compared with the catalogue (once a day); never, unless told. */
  readonly scanEveryMs?: number;
  /** How often it is looked what schedules, gates and messages want; never, unless told. */
  readonly tickMs?: number;
  /** When the catalogue was last seen away, on the clock of `performance.now()`; never, unless told. */
  readonly lastOutageMs?: () => number;
  /** Tool sets and disks as they are now; asked at start and again every hour. `disks` alone is asked with each heartbeat. */
  readonly facts: () => Promise<WorkerFacts>;
  readonly disks: () => Promise<WorkerFacts["disks"]>;
};

export type Worker = {
  readonly id: string;
  /** Stops claiming, ends what runs with `worker-stopping`, cleans up. Takes less than ten seconds. */
  readonly stop: () => Promise<void>;
};

/** A lost wake costs this long. */
const pollMs = 2_000;
const patienceMs = 1_500;
const factsEveryMs = 3_600_000;
const forgetEveryMs = 24 * 3_600_000;
const probeSlots = 4;

/** Starts a worker: first it settles what earlier ones left, then it claims. Throws when the catalogue cannot be reached. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { deps, group, catalogue } = options;
  const { db } = catalogue;
  const { logger } = deps;
  const id = makeId("worker", deps.context.newUuid());
  const stopping = new AbortController();
  const facts = async (): Promise<WorkerFacts> => ({ ...(await options.facts()), hooks: await deps.drills.hooks.declared() });
  await registerWorker(db, { id, group }, await facts());
  let forgotAtMs = -Infinity;
  const slots = createRunSlots(db, deps, { ...options, workerId: id, runSlots: placesOfWorker, probeSlots });
  await sweep();
  const queue = await openQueue(options.databaseUrl, { listen: true, logger });
  await listenForWakes(queue, group, () => void slots.fill());

  const loops = [
    every(options.sweepMs, sweep),
    every(Math.min(pollMs, options.heartbeatMs), slots.fill),
    every(options.heartbeatMs, async () => touchWorker(db, id, { disks: await options.disks() })),
    every(factsEveryMs, async () => touchWorker(db, id, await facts())),
  ];
  void slots.fill();
  if (options.scanEveryMs !== undefined) {
    const context = { ...deps.context, wake: wakerOn(queue, logger).wake };
    const scanWhenDue = async () => {
      const run = await startDueScan(context);
      if (run !== null) await context.wake(run.id, run.workerGroup);
    };
    loops.push(every(options.scanEveryMs, scanWhenDue));
  }
  if (options.tickMs !== undefined) {
    const context = { ...deps.context, wake: wakerOn(queue, logger).wake };
    for (const { everyMs, work } of policyLoops({ workerId: id, deps, context, tickMs: options.tickMs, signal: stopping.signal }))
      loops.push(every(everyMs, work));
  }
  if (options.autoBackup) {
    const context = { ...deps.context, wake: wakerOn(queue, logger).wake };
    loops.push(autoBackup(context, { signal: stopping.signal, logger, pollMs: Math.min(pollMs, options.heartbeatMs) }));
  }
  logger.info("worker started", { workerId: id, group });

  return {
    id,
    stop: async () => {
      stopping.abort();
      await slots.stop(new LifeboatError("worker-stopping"));
      // A sweep that waits for a silent target does not hold up the stop: whatever it does may be cut anywhere.
      await Promise.race([Promise.allSettled(loops), delay(patienceMs)]);
      await queue.stop({ graceful: false, close: true });
      await signOffWorker(db, id);
      logger.info("worker stopped", { workerId: id });
    },
  };

  async function sweep(): Promise<void> {
    const sparesRuns = () => performance.now() - (options.lastOutageMs?.() ?? -Infinity) < options.leaseMs;
    await reconcile(db, deps, slots.own(), { sparesRuns });
    if (performance.now() - forgotAtMs < forgetEveryMs) return;
    await forgetOldRows(db).catch((error: unknown) => logger.warn("old rows could not be removed", { error }));
    forgotAtMs = performance.now();
  }

  /** Repeats `work` until the worker stops; what it throws is logged and the next turn tries again. */
  async function every(intervalMs: number, work: () => Promise<unknown>): Promise<void> {
    const { signal } = stopping;
    while (!signal.aborted) {
      await delay(intervalMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await work();
      } catch (error) {
        logger.warn("worker", { error });
      }
    }
  }
}

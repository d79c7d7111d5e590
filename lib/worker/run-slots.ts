import type { Database } from "#lib/db/client";
import type { LifeboatError } from "#lib/domain/error";
import { claimRun } from "#lib/services/runs/claim";
import type { WorkerDeps } from "#lib/services/runs/work";
import { runOne, type RunTimings } from "./run-one.ts";

export type SlotOptions = RunTimings & {
  readonly workerId: string;
  readonly group: string;
  /** How many runs and how many probes at once. */
  readonly runSlots: number;
  readonly probeSlots: number;
};

/** Places for runs of one worker. */
export type RunSlots = {
  /** Claims as long as there is a free place and a queued run. Never throws; calls that overlap become one more look. */
  readonly fill: () => Promise<void>;
  /** Runs that this process is working on. */
  readonly own: () => ReadonlySet<string>;
  /** Claims nothing more, aborts what runs with `reason`, and waits for its clean-up. */
  readonly stop: (reason: LifeboatError) => Promise<void>;
};

/** Work and probes have places of their own, so that a connection test never waits behind a dump. */
export function createRunSlots(db: Database, deps: WorkerDeps, options: SlotOptions): RunSlots {
  const running = new Map<string, { probe: boolean; controller: AbortController; done: Promise<void> }>();
  const stopping = new AbortController();
  let filling: Promise<void> | null = null;
  let again = false;

  const freePlaces = (probe: boolean) => {
    const taken = [...running.values()].filter((run) => run.probe === probe).length;
    return (probe ? options.probeSlots : options.runSlots) - taken;
  };
  const claimAll = async (probes: boolean) => {
    while (!stopping.signal.aborted && freePlaces(probes) > 0) {
      const run = await claimRun(db, { workerId: options.workerId, group: options.group, leaseMs: options.leaseMs, probes });
      if (run === null) return;
      const controller = new AbortController();
      const done = runOne(db, deps, run, options, controller).finally(() => {
        running.delete(run.id);
        void fill();
      });
      running.set(run.id, { probe: probes, controller, done });
    }
  };
  const look = async () => {
    do {
      again = false;
      try {
        await claimAll(true);
        await claimAll(false);
      } catch (error) {
        deps.logger.warn("no run could be claimed", { error });
      }
    } while (again && !stopping.signal.aborted);
    filling = null;
  };
  const fill = async () => {
    if (stopping.signal.aborted) return;
    again = true;
    filling ??= look();
    await filling;
  };

  return {
    fill,
    own: () => new Set(running.keys()),
    stop: async (reason) => {
      stopping.abort();
      await filling;
      for (const run of running.values()) run.controller.abort(reason);
      await Promise.all([...running.values()].map((run) => run.done));
    },
  };
}

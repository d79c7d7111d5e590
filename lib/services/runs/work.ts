import type { Database } from "#lib/db/client";
import type { FileEngine } from "#lib/engines/file-port";
import type { Engine, EngineContext } from "#lib/engines/port";
import type { Logger } from "#lib/log/log";
import type { Notifier } from "#lib/notify/port";
import type { PackRepository } from "./pack-repository.ts";
import type { Storage } from "#lib/storage/port";
import type { ServiceContext } from "../context.ts";
import type { DrillPorts } from "../drills/ports.ts";
import type { ImportPorts } from "../imports/ports.ts";
import type { Lease } from "./lease.ts";
import type { RunReporter } from "./progress.ts";
import type { RunRow } from "./start.ts";

/** The folder (later: bucket) that a worker writes to. `problem` is set while it cannot be used, with the reason. */
export type WorkerDestination = { readonly id: string; readonly path: string; readonly storage: Storage };

/** How messages leave: who sends them, and so long after one to people the next gathers what else happens (milliseconds). */
export type MessagePorts = { readonly notifier: Notifier; readonly gatherMs: number };

/** The outside as one worker has it: concretes are wired in `lib/worker/wire.ts` and nowhere else. */
export type WorkerDeps = {
  /** The system as actor; executors of somebody's run take that person from the run (`actAs`). */
  readonly context: ServiceContext;
  readonly engine: Engine;
  /** Database files of this host. */
  readonly files: FileEngine;
  readonly destination: WorkerDestination;
  readonly repository: PackRepository;
  readonly imports: ImportPorts;
  readonly drills: DrillPorts;
  readonly messages: MessagePorts;
  /** Proves that the destination is this installation's; throws `destination-foreign`, `destination-unmarked`, `permission-denied` … */
  readonly prepareDestination: () => Promise<void>;
  readonly randomHex: (bytes: number) => string;
  /** Free bytes where runs keep temporary files. */
  readonly tempSpace: () => Promise<{ freeBytes: number }>;
  readonly tempDir: string;
  readonly leaseMs: number;
  readonly lockWaitMs: number;
  readonly logger: Logger;
};

/** One claimed run, as its executor gets it. */
export type RunWork = {
  readonly db: Database;
  readonly deps: WorkerDeps;
  readonly run: RunRow;
  readonly lease: Lease;
  /** Aborted with `run-cancelled`, `lease-lost` or `worker-stopping`. */
  readonly signal: AbortSignal;
  readonly reporter: RunReporter;
  readonly engineContext: EngineContext;
};

/** The context of whoever asked for the run, for audit rows that its executor writes. */
export function actAs(deps: WorkerDeps, run: RunRow): ServiceContext {
  const { context } = deps;
  return { ...context, actor: { ...context.actor, type: run.createdByType, id: run.createdById, name: run.createdByName } };
}

import type { ServiceContext } from "#lib/services/context";
import { recordFingerprints } from "#lib/services/fingerprints/record";
import { advanceGates } from "#lib/services/gates/advance";
import { endLostChecks } from "#lib/services/gates/end-lost-checks";
import type { WorkerDeps } from "#lib/services/runs/work";
import { startDuePurges } from "#lib/services/policies/start-due-purges";
import { createScheduler } from "#lib/services/schedules/tick";
import { notifyLoops } from "./notify-loops.ts";

/** Work that a worker repeats beside its runs. Every worker does it; each piece takes its rows under locks, so that of two one acts. */
export type PolicyLoop = { readonly name: string; readonly everyMs: number; readonly work: () => Promise<unknown> };

export type PolicyLoopOptions = {
  readonly workerId: string;
  /** The worker's own; `context.wake` wakes workers. */
  readonly deps: WorkerDeps;
  readonly context: ServiceContext;
  /** Milliseconds between two looks at what is due. */
  readonly tickMs: number;
  /** The worker stops. */
  readonly signal: AbortSignal;
};

/** What policy needs done over and over: schedules, gates, messages. */
export function policyLoops({ workerId, deps, context, tickMs, signal }: PolicyLoopOptions): readonly PolicyLoop[] {
  const checksSeen = new Set<string>();
  const scheduler = createScheduler({ context, logger: deps.logger, recheckMs: 2 * tickMs, countMs: () => performance.now() });
  return [
    { name: "schedules", everyMs: tickMs, work: scheduler.tick },
    { name: "trash", everyMs: 30 * tickMs, work: () => startDuePurges(context, deps.logger) },
    { name: "fingerprints", everyMs: 30 * tickMs, work: () => recordFingerprints(context) },
    { name: "gates", everyMs: tickMs, work: () => advanceGates(context, deps.logger) },
    { name: "lost release checks", everyMs: 5 * tickMs, work: () => endLostChecks(deps, checksSeen) },
    ...notifyLoops({ workerId, deps, context, tickMs, signal }),
  ];
}

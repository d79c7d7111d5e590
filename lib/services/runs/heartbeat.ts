import { setTimeout as delay } from "node:timers/promises";
import type { Database } from "#lib/db/client";
import { chainLocks } from "#lib/db/schema/chain-locks";
import { runs } from "#lib/db/schema/runs";
import { LifeboatError } from "#lib/domain/error";
import type { Logger } from "#lib/log/log";
import { eq } from "drizzle-orm";
import { heldBy, leaseEnd, type Lease } from "./lease.ts";

/** Lengthens the lease and those of the run's chain locks. `held` is false once the run was taken away or has ended. */
export async function extendLease(db: Database, lease: Lease, leaseMs: number): Promise<{ held: boolean; cancelRequested: boolean }> {
  const [row] = await db
    .update(runs)
    .set({ leaseExpiresAt: leaseEnd(leaseMs) })
    .where(heldBy(lease))
    .returning({ cancelRequestedAt: runs.cancelRequestedAt });
  if (row === undefined) return { held: false, cancelRequested: false };
  await db
    .update(chainLocks)
    .set({ leaseExpiresAt: leaseEnd(leaseMs) })
    .where(eq(chainLocks.holder, lease.runId));
  return { held: true, cancelRequested: row.cancelRequestedAt !== null };
}

/**
 * Keeps a run's lease until `stop` is called, and aborts the run with `lease-lost` or `run-cancelled`. A catalogue that does not
 * answer is no loss: nobody else can take the run meanwhile, and the next beat decides.
 */
export function keepLease(
  db: Database,
  lease: Lease,
  controller: AbortController,
  options: { leaseMs: number; heartbeatMs: number; logger: Logger },
): { stop: () => Promise<void> } {
  const ended = new AbortController();
  const beat = async () => {
    while (!ended.signal.aborted) {
      try {
        const { held, cancelRequested } = await extendLease(db, lease, options.leaseMs);
        if (ended.signal.aborted) return;
        if (!held) controller.abort(new LifeboatError("lease-lost", { runId: lease.runId }));
        else if (cancelRequested) controller.abort(new LifeboatError("run-cancelled"));
        if (!held) return;
      } catch (error) {
        options.logger.warn("heartbeat not written", { runId: lease.runId, error });
      }
      await delay(options.heartbeatMs, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  };
  const running = beat();
  return {
    stop: async () => {
      ended.abort();
      await running;
    },
  };
}

import { and, eq, sql } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { runSteps } from "#lib/db/schema/run-steps";
import { runs } from "#lib/db/schema/runs";
import { LifeboatError, type Reason } from "#lib/domain/error";
import type { RunState } from "#lib/domain/run-state";
import { unlockChains } from "../chains/lock.ts";
import { databaseNow, heldBy, type Lease } from "./lease.ts";

export type RunOutcome = {
  readonly state: Extract<RunState, "succeeded" | "failed" | "cancelled">;
  readonly error?: Reason | null;
  readonly warnings?: readonly string[];
  /** Answer of a probe. */
  readonly output?: Record<string, unknown>;
  /** Set when the run made the backup it is about. */
  readonly backupId?: string;
};

/**
 * Ends a run that this claim still holds, and lets go of its chain locks. Call it inside the transaction that commits the run's result, so that both are there or
 * neither. Throws `lease-lost` when the run was taken away.
 */
export async function finishRun(tx: Database | Transaction, lease: Lease, outcome: RunOutcome): Promise<void> {
  const [row] = await tx
    .update(runs)
    .set({
      state: outcome.state,
      error: outcome.error ?? null,
      finishedAt: databaseNow,
      leaseExpiresAt: null,
      version: sql`${runs.version} + 1`,
      ...(outcome.warnings === undefined ? {} : { warnings: [...outcome.warnings] }),
      ...(outcome.output === undefined ? {} : { output: outcome.output }),
      ...(outcome.backupId === undefined ? {} : { backupId: outcome.backupId }),
    })
    .where(heldBy(lease))
    .returning({ id: runs.id });
  if (row === undefined) throw new LifeboatError("lease-lost", { runId: lease.runId });
  await closeSteps(tx, lease.runId, outcome);
  // With the end itself: a worker that dies a moment later leaves no lock that others wait for.
  await unlockChains(tx, lease.runId);
}

/** No step of a run that ended may look as if it still worked. */
export async function closeSteps(tx: Database | Transaction, runId: string, outcome: Pick<RunOutcome, "state" | "error">): Promise<void> {
  const open = outcome.state === "succeeded" ? ("done" as const) : ("failed" as const);
  await tx
    .update(runSteps)
    .set({ state: open, finishedAt: databaseNow, ...(open === "failed" ? { error: outcome.error ?? null } : {}) })
    .where(and(eq(runSteps.runId, runId), eq(runSteps.state, "running")));
  await tx
    .update(runSteps)
    .set({ state: "skipped" })
    .where(and(eq(runSteps.runId, runId), eq(runSteps.state, "pending")));
}

import { and, eq, sql, type SQL } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { runs } from "#lib/db/schema/runs";
import { LifeboatError } from "#lib/domain/error";

/** Who holds a running run. A successor's token is higher, so an older holder's writes are refused. */
export type Lease = { readonly runId: string; readonly workerId: string; readonly fencingToken: number };

/** Matches the run only while this very claim holds it. */
export function heldBy(lease: Lease) {
  return and(
    eq(runs.id, lease.runId),
    eq(runs.workerId, lease.workerId),
    eq(runs.fencingToken, lease.fencingToken),
    eq(runs.state, "running"),
  );
}

/** Leases are measured with the database's clock alone: workers' clocks may differ. */
export function leaseEnd(leaseMs: number): SQL {
  return sql`clock_timestamp() + make_interval(secs => ${leaseMs / 1000})`;
}

/** The database's own time, for stamps that are compared with leases. */
export const databaseNow = sql`clock_timestamp()`;

/**
 * Refuses a commit of a worker whose claim is over: throws `lease-lost` { runId }. The row lock it takes makes the reconciler wait
 * until this transaction has ended, and the other way round.
 */
export async function assertLease(tx: Transaction, lease: Lease): Promise<void> {
  const rows = await tx.select({ id: runs.id }).from(runs).where(heldBy(lease)).for("no key update");
  if (rows.length === 0) throw new LifeboatError("lease-lost", { runId: lease.runId });
}

/** Makes names of temporary files and locks unique to one claim of one run. */
export function tokenOf(lease: Lease): string {
  return `${lease.runId}-${lease.fencingToken}`;
}

/** The run that a token belongs to, or null when the token is not one of a run. */
export function runIdOfToken(token: string): string | null {
  return /^(run_[0-9a-f]{32})-\d+$/.exec(token)?.[1] ?? null;
}

/** What stands in `pg_stat_activity` for everything that a run connects; below PostgreSQL's 63 bytes. */
export function applicationNameOf(runId: string): string {
  return `lifeboat-${runId}`;
}

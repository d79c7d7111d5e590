import { eq, type SQL, sql } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { runs } from "#lib/db/schema/runs";
import { servers } from "#lib/db/schema/servers";
import { databaseNow, leaseEnd } from "./lease.ts";
import { readLimits, type RunLimits } from "./limits.ts";
import type { RunRow } from "./start.ts";

export type ClaimOptions = {
  readonly workerId: string;
  readonly group: string;
  /** The lease's length. */
  readonly leaseMs: number;
  /** Short probes or real work: they have slots of their own, and probes have no limits. */
  readonly probes: boolean;
};

/** A transaction-level advisory lock: whoever counts and claims under a limit does so alone. */
const claimLock = 77_120_006;
/** A worker that was stopped while it held the lock must not hold up the others. */
const longestIdle = "10s";

/**
 * Takes the next queued run of a group, or null when there is none that may start: the oldest that somebody asked for, else the oldest of a schedule. A run
 * that waits for another one is passed over until that one is over, whatever its end: its executor looks at it. Of two workers one gets a run.
 */
export async function claimRun(db: Database, options: ClaimOptions): Promise<RunRow | null> {
  const limits = options.probes ? null : await readLimits(db);
  if (limits === null || (limits.maxRunning === null && limits.maxRunningPerHost === null)) return claim(db, options, sql`true`);
  return db.transaction(async (tx) => {
    await tx.execute(sql.raw(`set local idle_in_transaction_session_timeout = '${longestIdle}'`));
    await tx.execute(sql`select pg_advisory_xact_lock(${claimLock})`);
    const room = await roomUnder(tx, limits);
    return room === null ? null : claim(tx, options, room);
  });
}

/** The condition on a queued run that a limit leaves room for; null: for none. Call it alone, under the lock. */
async function roomUnder(tx: Transaction, limits: RunLimits): Promise<SQL | null> {
  const working = await tx.execute<{ host: string | null; n: number }>(sql`
    select lower(server.host) as host, count(*)::int as n from ${runs} as run left join ${servers} as server on server.id = run.server_id
    where run.state = 'running' and not run.is_probe group by 1
  `);
  const total = working.reduce((sum, { n }) => sum + n, 0);
  if (limits.maxRunning !== null && total >= limits.maxRunning) return null;
  const { maxRunningPerHost } = limits;
  const full = working.flatMap(({ host, n }) => (host !== null && maxRunningPerHost !== null && n >= maxRunningPerHost ? [host] : []));
  if (full.length === 0) return sql`true`;
  return sql`(run.server_id is null or not exists (
    select 1 from ${servers} as server where server.id = run.server_id and lower(server.host) = any(${sql.param(full)})
  ))`;
}

async function claim(db: Database | Transaction, options: ClaimOptions, room: SQL): Promise<RunRow | null> {
  const next = sql`(
    select run.id from ${runs} as run
    where run.state = 'queued' and run.worker_group = ${options.group} and run.is_probe = ${options.probes} and ${room}
      and not exists (
        select 1 from ${runs} as first where first.id = run.after_run_id and first.state in ('queued', 'running')
      )
    order by (run.trigger = 'schedule'), run.queued_at, run.id
    limit 1
    for update of run skip locked
  )`;
  const [row] = await db
    .update(runs)
    .set({
      state: "running",
      workerId: options.workerId,
      fencingToken: sql`${runs.fencingToken} + 1`,
      leaseExpiresAt: leaseEnd(options.leaseMs),
      startedAt: databaseNow,
      version: sql`${runs.version} + 1`,
    })
    .where(eq(runs.id, next))
    .returning();
  return row ?? null;
}

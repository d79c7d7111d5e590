import { eq, type SQL, sql } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { runs } from "#lib/db/schema/runs";
import { servers } from "#lib/db/schema/servers";
import { workers } from "#lib/db/schema/workers";
import { claimableRuns, type WaitingRun } from "#lib/domain/claimable-runs";
import { workerSilentSeconds } from "../system/workers.ts";
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

/** How many runs, without probes, one worker works on at once. */
export const placesOfWorker = 2;

/** The order in which queued runs go. */
const queueOrder = sql`(run.trigger = 'schedule'), run.queued_at, run.id`;
/** The condition that a queued run waits for no other one. */
const isReady = sql`not exists (
  select 1 from ${runs} as first where first.id = run.after_run_id and first.state in ('queued', 'running')
)`;
/** A transaction-level advisory lock: whoever counts and claims under a limit does so alone. */
const claimLock = 77_120_006;
/** More than one, because a person may be cancelling the first ones at this moment. */
const spareIds = 50;
/** A worker that was stopped while it held the lock must not hold up the others. */
const longestIdle = "10s";

/**
 * Takes the next queued run of a group, or null when there is none that may start: the oldest that somebody asked for, else the oldest of a schedule. A run
 * that waits for another one is passed over until that one is over, whatever its end: its executor looks at it. Of two workers one gets a run.
 * Under a limit the same order holds over all groups: what waits longer for another one keeps its place (`claimableRuns`).
 */
export async function claimRun(db: Database, options: ClaimOptions): Promise<RunRow | null> {
  const limits = options.probes ? null : await readLimits(db);
  if (limits === null || (limits.maxRunning === null && limits.maxRunningPerHost === null)) return claim(db, options, sql`true`);
  return db.transaction(async (tx) => {
    await tx.execute(sql.raw(`set local idle_in_transaction_session_timeout = '${longestIdle}'`));
    await tx.execute(sql`select pg_advisory_xact_lock(${claimLock})`);
    const ids = await claimableUnder(tx, options.group, limits);
    return ids.length === 0 ? null : claim(tx, options, sql`run.id = any(${sql.param(ids.slice(0, spareIds))})`);
  });
}

/** The runs of a group that limits leave room for, the first one first. Call it alone, under the lock. */
async function claimableUnder(tx: Transaction, group: string, { maxRunning, maxRunningPerHost }: RunLimits): Promise<string[]> {
  const working = await tx.execute<{ host: string | null; n: number }>(sql`
    select lower(server.host) as host, count(*)::int as n from ${runs} as run left join ${servers} as server on server.id = run.server_id
    where run.state = 'running' and not run.is_probe group by 1
  `);
  const inAll = maxRunning === null ? Infinity : maxRunning - working.reduce((sum, { n }) => sum + n, 0);
  if (inAll <= 0) return [];
  const onOtherHosts = maxRunningPerHost ?? Infinity;
  const onHost = new Map(working.flatMap(({ host, n }) => (host === null ? [] : [[host, onOtherHosts - n] as const])));
  return claimableRuns(await loadQueue(tx), group, { inAll, onHost, onOtherHosts, places: await loadFreePlaces(tx) });
}

const loadQueue = (tx: Transaction) =>
  tx.execute<WaitingRun>(sql`
    select run.id, run.worker_group as group, lower(server.host) as host
      from ${runs} as run left join ${servers} as server on server.id = run.server_id
     where run.state = 'queued' and not run.is_probe and ${isReady}
     order by ${queueOrder}
  `);

/** How many more runs the workers of each group could take. One that was silent for a while takes nothing. */
async function loadFreePlaces(tx: Transaction): Promise<Map<string, number>> {
  const rows = await tx.execute<{ group: string; free: number }>(sql`
    select worker.worker_group as group, sum(greatest(0, ${placesOfWorker} - (
             select count(*) from ${runs} as run where run.state = 'running' and not run.is_probe and run.worker_id = worker.id
           )))::int as free
      from ${workers} as worker
     where worker.stopped_at is null and worker.heartbeat_at > clock_timestamp() - make_interval(secs => ${workerSilentSeconds})
     group by 1
  `);
  return new Map(rows.map(({ group, free }) => [group, free]));
}

async function claim(db: Database | Transaction, options: ClaimOptions, room: SQL): Promise<RunRow | null> {
  const next = sql`(
    select run.id from ${runs} as run
    where run.state = 'queued' and run.worker_group = ${options.group} and run.is_probe = ${options.probes} and ${isReady} and ${room}
    order by ${queueOrder}
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

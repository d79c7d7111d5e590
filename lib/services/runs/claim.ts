import { eq, sql } from "drizzle-orm";
import type { Database } from "#lib/db/client";
import { runs } from "#lib/db/schema/runs";
import { databaseNow, leaseEnd } from "./lease.ts";
import type { RunRow } from "./start.ts";

/**
 * Takes the oldest queued run of a group, or null when there is none. One statement, so that of two workers one gets it.
 * `probes` chooses between short probes and real work, which have slots of their own. `leaseMs` is the lease's length. A run that
 * waits for another one is passed over until that one is over, whatever its end: its executor looks at it.
 */
export async function claimRun(
  db: Database,
  options: { workerId: string; group: string; leaseMs: number; probes: boolean },
): Promise<RunRow | null> {
  const oldest = sql`(
    select id from ${runs}
    where state = 'queued' and worker_group = ${options.group} and is_probe = ${options.probes}
      and not exists (
        select 1 from ${runs} as first where first.id = ${runs}.after_run_id and first.state in ('queued', 'running')
      )
    order by queued_at, id
    limit 1
    for update skip locked
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
    .where(eq(runs.id, oldest))
    .returning();
  return row ?? null;
}

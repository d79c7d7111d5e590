import { and, gt, inArray, isNull, type SQL, sql } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { runs } from "#lib/db/schema/runs";
import { workers } from "#lib/db/schema/workers";
import { desertedMs } from "#lib/domain/slot-start";

/** A worker that was silent for so long is not counted on, in seconds. */
export const silentSeconds = 120;

/** The groups that have a worker now. */
export async function loadServedGroups(db: Database | Transaction, groups: readonly string[]): Promise<ReadonlySet<string>> {
  if (groups.length === 0) return new Set();
  const rows = await db
    .selectDistinct({ group: workers.group })
    .from(workers)
    .where(
      and(
        inArray(workers.group, [...new Set(groups)]),
        isNull(workers.stoppedAt),
        gt(workers.heartbeatAt, sql`clock_timestamp() - make_interval(secs => ${silentSeconds})`),
      ),
    );
  return new Set(rows.map(({ group }) => group));
}

/** The condition that nobody serves a group: a column of a table that the statement names. */
export function isUnserved(group: SQL): SQL {
  return sql`not exists (
    select 1 from ${workers} as living where living.worker_group = ${group} and living.stopped_at is null
      and living.heartbeat_at > clock_timestamp() - make_interval(secs => ${silentSeconds})
  )`;
}

/** The condition that some worker is there. Whoever looks is one: right after a clock jumped, nobody has written its row by the new time yet. */
export const isAnyServed: SQL = sql`exists (
  select 1 from ${workers} as anyone where anyone.stopped_at is null
    and anyone.heartbeat_at > clock_timestamp() - make_interval(secs => ${silentSeconds})
)`;

/** The condition on a row of `runs`, under that name, that it has waited for so long (in seconds) for a group which nobody serves: it does not go on. */
export function isDeserted(seconds = desertedMs / 1000): SQL<boolean> {
  return sql<boolean>`(${runs}.state = 'queued' and ${runs}.queued_at < clock_timestamp() - make_interval(secs => ${seconds})
    and ${isUnserved(sql`${runs}.worker_group`)})`;
}

import { type SQL, sql } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { clockToleranceMs } from "#lib/domain/clock-tolerance";
import { isGood } from "./good.ts";

const tolerance: SQL = sql`make_interval(secs => ${sql.raw(String(clockToleranceMs / 1000))})`;
/** By the catalogue's clock: a synthetic full started long after its data were taken. */
const takenAt: SQL = sql`coalesce(${backups.dataTakenAt}, ${backups.startedAt})`;
const isAhead: SQL = sql`${backups.snapshotAt} > ${takenAt} + ${tolerance}`;

/** `at`: by `madeAtSql`, as JSON writes an instant. */
export type LastGood = { readonly id: string; readonly at: string };

/**
 * When a backup was made, for whoever asks how old it is: the time of its snapshot, by the clock of the source's server. Where that clock is more than ten
 * minutes ahead of the catalogue's (`takenAt`), the catalogue's: such a server makes no backup look fresh for longer than it is.
 */
export const madeAtSql: SQL<Date> = sql<Date>`(case when ${isAhead} then ${takenAt} else ${backups.snapshotAt} end)`;

/** So late a right clock may have made a backup at most; what was made later was dated by a catalogue whose own clock was wrong. */
export const latestBelievedSql: SQL<Date> = sql<Date>`(clock_timestamp() + ${tolerance})`;

/**
 * A source's newest good backup by `madeAtSql`, as a `LastGood`; one of a time that is still to come only where there is no other. Through the index on
 * (source, snapshot): the newest one that no wrong clock dated, and what is dated later than it, which is hardly ever more than nothing.
 */
export function lastGoodOf(sourceId: SQL): SQL {
  const goodOnes = sql`from ${backups} where ${backups.sourceId} = ${sourceId} and ${isGood}`;
  return sql`with newest_right as materialized (
      select ${backups.id} as id, ${backups.snapshotAt} as made_at, ${backups.snapshotAt} as snapshot_at ${goodOnes} and not (${isAhead})
        and ${backups.snapshotAt} <= ${latestBelievedSql}
      order by ${backups.snapshotAt} desc, ${backups.id} desc limit 1
    )
    select json_build_object('id', either.id, 'at', either.made_at) from (
      select id, made_at, snapshot_at from newest_right
      union all
      select ${backups.id}, ${madeAtSql}, ${backups.snapshotAt} ${goodOnes}
        and ${backups.snapshotAt} > coalesce((select snapshot_at from newest_right), '-infinity')
    ) as either order by either.made_at > ${latestBelievedSql}, either.made_at desc, either.snapshot_at desc, either.id desc limit 1`;
}

/** When a source was last backed up well, as `lastGoodOf` has it; null for never. */
export async function findLastGoodAt(db: Database | Transaction, sourceId: string): Promise<Date | null> {
  const [row] = await db.execute<{ found: LastGood | null }>(sql`select (${lastGoodOf(sql`${sourceId}`)}) as found`);
  return row?.found === null || row?.found === undefined ? null : new Date(row.found.at);
}

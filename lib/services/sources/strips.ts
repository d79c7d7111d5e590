import { and, eq, gte, inArray, ne, sql } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { runs } from "#lib/db/schema/runs";
import { buildStrip, type StripDay, stripStart } from "#lib/domain/strip";
import { isGood } from "../backups/good.ts";

type Reader = Database | Transaction;
type Counted = StripDay & { readonly sourceId: string | null };

/** One look at the copies per backup: what is available and not good is failed, and the rest of the day is good. */
async function readBackups(db: Reader, ids: string[], start: Date): Promise<Counted[]> {
  const rows = await db
    .select({
      sourceId: backups.sourceId,
      day: sql<string>`to_char(${backups.snapshotAt} at time zone 'UTC', 'YYYY-MM-DD')`.as("day"),
      all: sql<number>`count(*)::int`,
      good: sql<number>`(count(*) filter (where ${backups.state} <> 'available' or ${isGood}))::int`,
    })
    .from(backups)
    .where(and(inArray(backups.sourceId, ids), ne(backups.state, "writing"), gte(backups.snapshotAt, start)))
    .groupBy(backups.sourceId, sql`day`);
  return rows.map((row) => ({ sourceId: row.sourceId, day: row.day, good: row.good, failed: row.all - row.good }));
}

/** Failed runs, and those that succeeded with a backup that was deleted since: the day was not missed. */
function readRuns(db: Reader, ids: string[], start: Date): Promise<Counted[]> {
  const isGone = sql`not exists (select 1 from ${backups} where ${backups.id} = ${runs.backupId})`;
  return db
    .select({
      sourceId: runs.sourceId,
      day: sql<string>`to_char(${runs.finishedAt} at time zone 'UTC', 'YYYY-MM-DD')`.as("day"),
      good: sql<number>`(count(*) filter (where ${runs.state} = 'succeeded' and ${isGone}))::int`,
      failed: sql<number>`(count(*) filter (where ${runs.state} = 'failed'))::int`,
    })
    .from(runs)
    .where(
      and(
        inArray(runs.sourceId, ids),
        eq(runs.type, "backup"),
        inArray(runs.state, ["succeeded", "failed"]),
        gte(runs.queuedAt, start),
        gte(runs.finishedAt, start),
      ),
    )
    .groupBy(runs.sourceId, sql`day`);
}

/**
 * The 30-day strips of sources, in two queries. A day is good when a backup of its state is good now or was until it was deleted;
 * a backup that a verification failed counts as failed.
 */
export async function loadStrips(db: Reader, ids: string[], now: Date): Promise<(sourceId: string) => StripDay[]> {
  if (ids.length === 0) return () => buildStrip(now, []);
  const start = stripStart(now);
  const found = (await Promise.all([readBackups(db, ids, start), readRuns(db, ids, start)])).flat();
  const bySource = Map.groupBy(found, (row) => row.sourceId);
  return (sourceId) =>
    buildStrip(
      now,
      (bySource.get(sourceId) ?? []).map(({ day, good, failed }) => ({ day, good, failed })),
    );
}

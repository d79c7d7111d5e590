import { sql } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";

/** The catalogue's own time: the one clock by which schedules are due, whichever worker looks. */
export async function readCatalogueClock(db: Database | Transaction): Promise<Date> {
  const [row] = await db.execute<{ now: string }>(sql`select clock_timestamp()::timestamptz(3) as now`);
  if (row === undefined) throw new Error("the catalogue told no time");
  return new Date(row.now);
}

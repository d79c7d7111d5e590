import { sql } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";

/** The catalogue's time: of several workers, each with a clock of its own, all go by this one. */
export async function catalogueTime(db: Database | Transaction): Promise<Date> {
  const [row] = await db.execute<{ ms: string }>(sql`select (extract(epoch from clock_timestamp()) * 1000)::bigint::text as ms`);
  return new Date(Number(row?.ms));
}

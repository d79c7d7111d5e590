import { sql } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";

/** A worker that was stopped (SIGSTOP) with rows in its hands loses them, and its session, after so long. */
const longestIdleMs = 10_000;

/** A transaction of the scheduler: it holds rows of many sources, so it may not rest on them. Nothing that it did stays when it does. */
export function briefTransaction<T>(db: Database, work: (tx: Transaction) => Promise<T>, idleMs = longestIdleMs): Promise<T> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`select set_config('idle_in_transaction_session_timeout', ${String(idleMs)}, true)`);
    return work(tx);
  });
}

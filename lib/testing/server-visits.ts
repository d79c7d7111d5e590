import postgres from "postgres";
import type { TestServer } from "./postgres.ts";

/** Of the advisory lock, in the database `postgres` of each test server. */
const key = 77_120_002;

/**
 * Runs work that opens a session in every database of the server, those of other test files too, as the check of a connection does. It waits for
 * whoever counts sessions (`countingSessions`), and they for it.
 */
export async function visitingDatabases<T>(server: TestServer, work: () => Promise<T>): Promise<T> {
  return await holding(server, "pg_advisory_lock", work);
}

/** Runs work that judges how many sessions a database has: no other test file visits it meanwhile. Many may do so at once. */
export async function countingSessions<T>(server: TestServer, work: () => Promise<T>): Promise<T> {
  return await holding(server, "pg_advisory_lock_shared", work);
}

/** A session of its own, since what the lock is held for uses the pooled ones; the lock goes with it, whatever happens. */
async function holding<T>(server: TestServer, lock: string, work: () => Promise<T>): Promise<T> {
  const sql = postgres(server.url("postgres"), { max: 1, idle_timeout: 0, max_lifetime: null, onnotice: () => undefined });
  try {
    await sql.unsafe(`select ${lock}(${key})`);
    return await work();
  } finally {
    await sql.end({ timeout: 5 });
  }
}

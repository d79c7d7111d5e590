import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { survivingClient } from "./lost-connection.ts";
import { type Endurance, enduringClient } from "./outage.ts";

/** Drizzle on the catalogue. */
export type Database = PostgresJsDatabase;

/** A transaction of `Database`; verbs take either. */
export type Transaction = Parameters<Parameters<Database["transaction"]>[0]>[0];

/** The catalogue as one process holds it: Drizzle on one client, raw SQL on a second one (Drizzle changes its client's parsers). */
export type Catalogue = { readonly db: Database; readonly sql: postgres.Sql; readonly close: () => Promise<void> };

/** Settings of every session. Compiling a plan (`jit`) takes longer than any of our queries. */
export const catalogueSession = { TimeZone: "UTC", jit: "off" } as const;

/** A connection that was refused is tried again after at most this long, in seconds: the client's own limit is 20. */
const longestBackoff = 1;

/**
 * Opens the catalogue. `max` bounds the connections of each of the two clients. Nothing connects before the first query. With
 * `endurance`, Drizzle's statements and transactions wait while the catalogue is away (workers); without, they fail at once (web).
 */
export function openCatalogue(databaseUrl: string, options: { applicationName: string; max?: number; endurance?: Endurance }): Catalogue {
  const shared: postgres.Options<Record<string, never>> = {
    max: options.max ?? 10,
    idle_timeout: 60,
    connect_timeout: 10,
    backoff: (attempt) => Math.min(longestBackoff, 0.05 * 2 ** attempt),
    onnotice: () => undefined,
    connection: {
      ...catalogueSession,
      application_name: options.applicationName,
      // A process that was stopped in the middle of a transaction must not hold its row locks for longer (milliseconds).
      idle_in_transaction_session_timeout: 30_000,
    },
  };
  const drizzleClient = survivingClient(postgres(databaseUrl, shared));
  const sql = postgres(databaseUrl, { ...shared, max: 3 });
  return {
    db: drizzle(options.endurance === undefined ? drizzleClient : enduringClient(drizzleClient, options.endurance)),
    sql,
    close: async () => {
      await Promise.all([drizzleClient.end({ timeout: 5 }), sql.end({ timeout: 5 })]);
    },
  };
}

import type { EngineContext, ServerAddress } from "../port.ts";
import { querySql, reachServer } from "./server.ts";

/** Object ids of databases by name; a name that is missing is left out. */
export async function databaseIds(
  address: ServerAddress,
  names: readonly string[],
  context: EngineContext,
): Promise<ReadonlyMap<string, number>> {
  const reached = await reachServer(address, context.signal);
  const rows = await querySql(
    reached,
    reached.maintenanceDatabase,
    context.applicationName,
    async (sql) =>
      await sql<{ name: string; oid: string }[]>`
        select datname as name, oid::text from pg_catalog.pg_database where datname = any(${[...names]}::text[])`,
  );
  return new Map(rows.map(({ name, oid }) => [name, Number(oid)]));
}

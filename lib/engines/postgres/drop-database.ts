import type { EngineContext, RestoreRequest } from "../port.ts";
import type { Deps } from "./engine-options.ts";
import { querySql, reachServer, refuseCatalogue } from "./server.ts";
import { identifier } from "./sql-text.ts";

/** Removes a database that a restore created, ending its sessions; quietly done when it is gone. Never a catalogue. */
export async function dropDatabase(deps: Deps, request: RestoreRequest, context: EngineContext): Promise<void> {
  // Not bound to the run's signal: a cancelled restore is cleaned up all the same.
  const address = await reachServer(request.address, new AbortController().signal);
  const { database } = request;
  await refuseCatalogue(address, database, context.applicationName, deps.options.cataloguesAddress ?? null);
  await querySql(address, address.maintenanceDatabase, context.applicationName, async (sql) => {
    const rows = await sql`select 1 from pg_catalog.pg_database where datname = ${database}`;
    if (rows.length === 0) return;
    // 42501 for sessions of superusers: the drop itself then says what is in the way.
    await sql`select pg_terminate_backend(pid) from pg_catalog.pg_stat_activity where datname = ${database} and pid <> pg_backend_pid()`.catch(
      () => [],
    );
    await sql.unsafe(`drop database if exists ${identifier(database)} with (force)`);
  });
  context.log("info", `removed the database ${database}`);
}

import { LifeboatError } from "#lib/domain/error";
import type { EngineContext, RestoreRequest, TargetFacts } from "../port.ts";
import type { PinnedAddress } from "./address.ts";
import type { Deps } from "./engine-options.ts";
import { readExisting } from "./existing-database.ts";
import { localeAvailable } from "./locale-available.ts";
import { querySql, reachServer, readVersion, refuseCatalogue } from "./server.ts";
import { pickToolSet } from "./tool-choice.ts";

/** Facts of a restore's target server, for the preview; changes nothing. Throws only what keeps the server from being asked. */
export async function inspectTarget(deps: Deps, request: RestoreRequest, context: EngineContext): Promise<TargetFacts> {
  const address = await reachServer(request.address, context.signal);
  const facts = await querySql(address, address.maintenanceDatabase, context.applicationName, async (sql) => {
    const version = await readVersion(sql);
    const names = async (query: ReturnType<typeof sql.unsafe>) => (await query).map((row) => (row as { name: string }).name);
    const [role] = await sql<{ canCreateDatabase: boolean; isSuperuser: boolean }[]>`
      select rolcreatedb or rolsuper as "canCreateDatabase", rolsuper as "isSuperuser" from pg_catalog.pg_roles where rolname = current_user`;
    return {
      version,
      databases: await names(sql.unsafe("select datname as name from pg_catalog.pg_database order by 1")),
      roles: await names(sql.unsafe("select rolname as name from pg_catalog.pg_roles order by 1")),
      extensions: await names(sql.unsafe("select name from pg_catalog.pg_available_extensions order by 1")),
      tablespaces: await names(sql.unsafe("select spcname as name from pg_catalog.pg_tablespace order by 1")),
      canCreateDatabase: role?.canCreateDatabase ?? false,
      isSuperuser: role?.isSuperuser ?? false,
      localeAvailable: request.properties === null || (await localeAvailable(sql, version, request.properties)),
    };
  });
  const { version, ...rest } = facts;
  return {
    ...rest,
    serverVersion: version.text,
    toolVersion: await toolVersion(deps, version.major),
    // PostgreSQL has no function that tells its free disk.
    freeBytes: null,
    existing: await readExisting(address, request.database, context),
    isCatalogue: rest.databases.includes(request.database) && (await isCatalogue(deps, address, request.database, context)),
  };
}

async function isCatalogue(deps: Deps, address: PinnedAddress, database: string, context: EngineContext): Promise<boolean> {
  try {
    await refuseCatalogue(address, database, context.applicationName, deps.options.cataloguesAddress ?? null);
    return false;
  } catch (error) {
    return error instanceof LifeboatError && error.code === "target-is-catalogue";
  }
}

async function toolVersion(deps: Deps, serverMajor: number): Promise<string | null> {
  try {
    return pickToolSet(await deps.tools.sets(), serverMajor, ["pg_restore"]).version;
  } catch {
    return null;
  }
}

import type postgres from "postgres";
import { LifeboatError } from "#lib/domain/error";
import type { EngineContext, ServerAddress } from "../port.ts";
import { refuseCatalogue, type CatalogueAddress, querySql, reachServer, readVersion, type ServerVersion } from "./server.ts";

/** What stands under a database's name, for somebody who is about to load into it. */
export type TargetState = {
  readonly version: ServerVersion;
  readonly exists: boolean;
  /** Objects of people in it: relations, functions, types, schemas, large objects; nothing of the system or of extensions. */
  readonly objects: number;
  /** The largest tables first, at most three, with their schema. */
  readonly largest: readonly string[];
  readonly comment: string;
  readonly ip: string;
};

/**
 * Looks at a target without changing anything. Throws `target-is-catalogue` for a database that carries Lifeboat's marker or lies where the
 * catalogue lies, and what keeps the server from being asked.
 */
export async function readTargetState(
  server: ServerAddress,
  database: string,
  catalogue: CatalogueAddress | null,
  context: EngineContext,
): Promise<TargetState> {
  const address = await reachServer(server, context.signal);
  const { applicationName } = context;
  await refuseCatalogue(address, database, applicationName, catalogue);
  try {
    return await querySql(address, database, applicationName, async (sql) => ({ ...(await look(sql)), exists: true, ip: address.ip }));
  } catch (error) {
    if (!(error instanceof LifeboatError) || error.code !== "database-missing") throw error;
  }
  const version = await querySql(address, server.maintenanceDatabase, applicationName, readVersion);
  return { version, exists: false, objects: 0, largest: [], comment: "", ip: address.ip };
}

async function look(sql: postgres.Sql): Promise<Pick<TargetState, "version" | "objects" | "largest" | "comment">> {
  const version = await readVersion(sql);
  const [found] = await sql<{ objects: number; comment: string | null }[]>`
    with own as (select oid from pg_catalog.pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'),
      extended as (select classid, objid from pg_catalog.pg_depend where deptype = 'e')
    select (select count(*)::int from pg_catalog.pg_class c where c.relnamespace in (select oid from own)
        and not exists (select 1 from extended where classid = 'pg_class'::regclass and objid = c.oid))
      + (select count(*)::int from pg_catalog.pg_proc p where p.pronamespace in (select oid from own)
        and not exists (select 1 from extended where classid = 'pg_proc'::regclass and objid = p.oid))
      + (select count(*)::int from pg_catalog.pg_type t where t.typnamespace in (select oid from own) and t.typtype in ('d', 'e', 'r')
        and not exists (select 1 from extended where classid = 'pg_type'::regclass and objid = t.oid))
      + (select count(*)::int from own join pg_catalog.pg_namespace n using (oid) where n.nspname <> 'public'
        and not exists (select 1 from extended where classid = 'pg_namespace'::regclass and objid = n.oid))
      + (select count(*)::int from pg_catalog.pg_largeobject_metadata) as objects,
      (select shobj_description(d.oid, 'pg_database') from pg_catalog.pg_database d where d.datname = current_database()) as comment`;
  const largest = await sql<{ name: string }[]>`
    select n.nspname || '.' || c.relname as name from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and c.relpersistence <> 't' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    order by c.relpages desc, 1 limit 3`;
  return { version, objects: found!.objects, largest: largest.map(({ name }) => name), comment: found!.comment ?? "" };
}

import type postgres from "postgres";
import { identifier, literal } from "./sql-text.ts";

type Schema = { name: string; owner: string; acl: string[] | null; comment: string | null };

/**
 * Statements that empty the database of this session: what people made, extensions and large objects go, the schema `public` is made again as it
 * was, with its owner, grants and comment. To be run in the transaction that fills it again; where the role may not, that transaction fails.
 */
export async function emptyingStatements(sql: postgres.Sql): Promise<string[]> {
  const names = async (query: postgres.PendingQuery<{ name: string }[]>) => (await query).map(({ name }) => identifier(name));
  const triggers = await names(sql`select evtname as name from pg_catalog.pg_event_trigger e where not exists
    (select 1 from pg_catalog.pg_depend d where d.classid = 'pg_event_trigger'::regclass and d.objid = e.oid and d.deptype = 'e') order by 1`);
  const publications = await names(sql`select pubname as name from pg_catalog.pg_publication order by 1`);
  const extensions = await names(sql`select extname as name from pg_catalog.pg_extension where extname <> 'plpgsql' order by 1`);
  const wrappers = await names(sql`select fdwname as name from pg_catalog.pg_foreign_data_wrapper f where not exists
    (select 1 from pg_catalog.pg_depend d where d.classid = 'pg_foreign_data_wrapper'::regclass and d.objid = f.oid and d.deptype = 'e') order by 1`);
  const schemas = await sql<Schema[]>`
    select nspname as name, pg_get_userbyid(nspowner) as owner, nspacl::text[] as acl, obj_description(n.oid, 'pg_namespace') as comment
    from pg_catalog.pg_namespace n where nspname !~ '^pg_' and nspname <> 'information_schema' and not exists
      (select 1 from pg_catalog.pg_depend d where d.classid = 'pg_namespace'::regclass and d.objid = n.oid and d.deptype = 'e') order by 1`;
  const shared = schemas.find(({ name }) => name === "public");
  const grants = shared === undefined ? [] : await grantsOf(sql);
  return [
    ...triggers.map((name) => `drop event trigger ${name}`),
    ...publications.map((name) => `drop publication ${name}`),
    ...extensions.map((name) => `drop extension if exists ${name} cascade`),
    ...wrappers.map((name) => `drop foreign data wrapper if exists ${name} cascade`),
    ...schemas.map(({ name }) => `drop schema ${identifier(name)} cascade`),
    "select pg_catalog.lo_unlink(oid) from pg_catalog.pg_largeobject_metadata",
    ...(shared === undefined ? [] : remake(shared, grants)),
  ];
}

type Grant = { grantee: string; privilege: string; grantable: boolean };

/** The grants of `public` beside those that its owner has anyway; the server itself takes an ACL apart. */
async function grantsOf(sql: postgres.Sql): Promise<Grant[]> {
  return await sql<Grant[]>`
    select case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end as grantee,
      a.privilege_type as privilege, a.is_grantable as grantable
    from pg_catalog.pg_namespace n, aclexplode(n.nspacl) a where n.nspname = 'public' and a.grantee <> n.nspowner`;
}

function remake({ owner, comment }: Schema, grants: readonly Grant[]): string[] {
  return [
    "create schema public",
    ...(comment === null ? [] : [`comment on schema public is ${literal(comment)}`]),
    ...grants.map(
      ({ grantee, privilege, grantable }) => `grant ${privilege} on schema public to ${grantee}${grantable ? " with grant option" : ""}`,
    ),
    `do ${literal(giveTo(owner))}`,
  ];
}

/** Who made the schema owns it; it goes back to its owner where that is somebody else. */
function giveTo(owner: string): string {
  return `begin if current_user <> ${literal(owner)} then alter schema public owner to ${identifier(owner)}; end if; end`;
}

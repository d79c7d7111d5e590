import type postgres from "postgres";
import { LifeboatError } from "#lib/domain/error";
import { identifier } from "./sql-text.ts";
import type { SnapshotManifest, SnapshotRequest, TableRef } from "../port.ts";

type Session = postgres.Sql | postgres.ReservedSql;

/** A relation that pg_dump would touch and the role may not read. */
export type Unreadable = TableRef & { readonly isTable: boolean };

/** User schemas without the left-out ones; extensions' own objects are not dumped. */
const dumped = (sql: Session, excludedSchemas: readonly string[]) => sql`
  n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and c.relpersistence <> 't'
  and not (n.nspname = any(${[...excludedSchemas]}::text[]))
  and not exists (select 1 from pg_catalog.pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`;

/** Everything that the role may not read, and tables whose rows a policy would hide; empty means that pg_dump can start. */
export async function findUnreadable(sql: Session, excludedSchemas: readonly string[]): Promise<Unreadable[]> {
  return await sql<Unreadable[]>`
    select n.nspname as schema, c.relname as table, c.relkind <> 'S' as "isTable"
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'S') and ${dumped(sql, excludedSchemas)}
      and (not has_schema_privilege(n.oid, 'USAGE')
        or not case when c.relkind = 'S' then has_sequence_privilege(c.oid, 'SELECT') else has_table_privilege(c.oid, 'SELECT') end
        or case when c.relkind = 'r' and c.relrowsecurity then row_security_active(c.oid) else false end)
    order by 1, 2`;
}

/** Throws `privilege-missing` naming what the role may not read, at most twenty by name. */
export function refuseUnreadable(unreadable: readonly Unreadable[]): void {
  if (unreadable.length === 0) return;
  const names = unreadable.slice(0, 20).map(({ schema, table }) => `${schema}.${table}`);
  const more = unreadable.length > names.length ? ["…"] : [];
  throw new LifeboatError("privilege-missing", { objects: [...names, ...more].join(", "), count: unreadable.length });
}

const isTable = (ref: TableRef) => (other: TableRef) => other.schema === ref.schema && other.table === ref.table;

/** Left-out tables that the role may not even lock: they are left out whole, definition included. */
export function splitUnreadable(unreadable: readonly Unreadable[], excludedTables: readonly TableRef[]) {
  const dropped = unreadable.filter((item) => item.isTable && excludedTables.some(isTable(item)));
  return { dropped, blocking: unreadable.filter((item) => !dropped.includes(item)) };
}

/** Rough bytes of the stream: heap and TOAST as they lie on disk, without indexes and without left-out tables. */
export async function estimateBytes(sql: Session, request: Pick<SnapshotRequest, "excludedSchemas" | "excludedTables">): Promise<number> {
  const excluded = JSON.stringify(request.excludedTables.map(({ schema, table }) => [schema, table]));
  const [row] = await sql<{ bytes: string }[]>`
    select coalesce(sum(pg_table_size(c.oid)), 0)::text as bytes
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and ${dumped(sql, request.excludedSchemas)}
      and not exists (select 1 from json_array_elements(${excluded}::text::json) e where e->>0 = n.nspname and e->>1 = c.relname)`;
  return Number(row!.bytes);
}

/** What no dump of the database carries, and what a restore needs to know beforehand. Runs inside the snapshot. */
export async function readManifest(
  sql: Session,
  request: SnapshotRequest,
  serverNumber: number,
): Promise<Omit<SnapshotManifest, "globalsSql" | "migrationHead">> {
  const provider = serverNumber >= 150_000 ? sql`d.datlocprovider::text` : sql`'c'`;
  const icuLocale = serverNumber >= 170_000 ? sql`d.datlocale` : serverNumber >= 150_000 ? sql`d.daticulocale` : sql`null::text`;
  const [database] = await sql`
    select pg_get_userbyid(d.datdba) as owner, pg_encoding_to_char(d.encoding) as encoding,
      case ${provider} when 'i' then 'icu' when 'b' then 'builtin' else 'libc' end as "localeProvider",
      d.datcollate::text as collate, d.datctype::text as ctype, ${icuLocale} as "icuLocale",
      to_json(coalesce(d.datacl::text[], '{}')) as acl, shobj_description(d.oid, 'pg_database') as comment, d.datconnlimit as "connectionLimit",
      (select coalesce(json_agg(json_build_object('role', r.rolname, 'setting', c.setting) order by r.rolname nulls first, c.nth), '[]')
        from pg_catalog.pg_db_role_setting s left join pg_catalog.pg_roles r on r.oid = s.setrole
        cross join lateral unnest(s.setconfig) with ordinality as c(setting, nth) where s.setdatabase = d.oid) as settings
    from pg_catalog.pg_database d where d.datname = current_database()`;
  const extensions = await sql<{ name: string; version: string; schema: string }[]>`
    select e.extname as name, e.extversion as version, n.nspname as schema
    from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace order by 1`;
  const roles = await sql<{ name: string }[]>`
    select rolname as name from pg_catalog.pg_roles where oid in (
      select refobjid from pg_catalog.pg_shdepend s join pg_catalog.pg_database d on d.oid = s.dbid
        where s.refclassid = 'pg_authid'::regclass and d.datname = current_database()
      union select datdba from pg_catalog.pg_database where datname = current_database()
      union select a.grantee from pg_catalog.pg_database d cross join lateral aclexplode(d.datacl) a where d.datname = current_database()
      union select s.setrole from pg_catalog.pg_db_role_setting s join pg_catalog.pg_database d on d.oid = s.setdatabase
        where d.datname = current_database()
      union select relowner from pg_catalog.pg_class where oid >= 16384) order by 1`;
  const tablespaces = await sql<{ name: string }[]>`
    select spcname as name from pg_catalog.pg_tablespace where spcname not in ('pg_default', 'pg_global') and oid in (
      select reltablespace from pg_catalog.pg_class union select dattablespace from pg_catalog.pg_database where datname = current_database()) order by 1`;
  const sequences = await sql<{ schema: string; name: string; lastValue: string }[]>`
    select schemaname as schema, sequencename as name, coalesce(last_value::text, '') as "lastValue"
    from pg_catalog.pg_sequences where not (schemaname = any(${[...request.excludedSchemas]}::text[])) order by 1, 2`;
  return {
    properties: (database ?? null) as unknown as SnapshotManifest["properties"],
    extensions: [...extensions],
    roles: roles.map((role) => role.name),
    tablespaces: tablespaces.map((tablespace) => tablespace.name),
    sequences: [...sequences],
    excludedSchemas: request.excludedSchemas,
    excludedTables: request.excludedTables,
  };
}

/** Exact counts by SQL inside the snapshot, for an archive that could not be read. Digests stay empty. */
export async function countRows(sql: Session, request: SnapshotRequest): Promise<(TableRef & { rows: number })[]> {
  const tables = await sql<{ schema: string; table: string }[]>`
    select n.nspname as schema, c.relname as table
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and ${dumped(sql, request.excludedSchemas)} order by 1, 2`;
  const counted: (TableRef & { rows: number })[] = [];
  for (const { schema, table } of tables) {
    if (request.excludedTables.some(isTable({ schema, table }))) continue;
    const [row] = await sql<
      { rows: string }[]
    >`select count(*)::text as rows from only ${sql.unsafe(`${identifier(schema)}.${identifier(table)}`)}`;
    counted.push({ schema, table, rows: Number(row!.rows) });
  }
  return counted;
}

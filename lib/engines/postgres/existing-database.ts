import type postgres from "postgres";
import { LifeboatError } from "#lib/domain/error";
import type { EngineContext, ExistingDatabase } from "../port.ts";
import type { PinnedAddress } from "./address.ts";
import { querySql } from "./server.ts";

type Table = ExistingDatabase["tables"][number];

/** More than this many tables are not told: a preview is read by people. */
const tablesTold = 20_000;
/** A server that needs longer for a size or a list does without it, in milliseconds. */
const patienceMs = 5_000;

/** The database of that name as it is now; null when there is none. */
export async function readExisting(address: PinnedAddress, database: string, context: EngineContext): Promise<ExistingDatabase | null> {
  const { applicationName } = context;
  const outside = await querySql(address, address.maintenanceDatabase, applicationName, async (sql) => await readOutside(sql, database));
  if (outside === null) return null;
  try {
    return { ...outside, tables: await querySql(address, database, applicationName, readTables) };
  } catch (error) {
    if (!(error instanceof LifeboatError)) throw error;
    context.log("warning", `cannot look into the database ${database}: ${error.code}`);
    return { ...outside, tables: [], unread: { code: error.code, params: error.params } };
  }
}

async function readOutside(sql: postgres.Sql, database: string): Promise<Omit<ExistingDatabase, "tables"> | null> {
  const [row] = await sql<(Omit<ExistingDatabase, "tables" | "sizeBytes" | "oid"> & { oid: string })[]>`
    select d.oid::text, pg_get_userbyid(d.datdba) as owner, pg_has_role(d.datdba, 'USAGE') as "isOwned",
      pg_encoding_to_char(d.encoding) as encoding,
      (select count(*)::int from pg_catalog.pg_stat_activity a where a.datid = d.oid and a.pid <> pg_backend_pid()
        and a.usesysid is not null and a.application_name not like 'lifeboat%') as sessions,
      (select count(*)::int from pg_catalog.pg_prepared_xacts p where p.database = d.datname) as "preparedTransactions",
      (select count(*)::int from pg_catalog.pg_replication_slots r where r.database = d.datname)
        + (select count(*)::int from pg_catalog.pg_subscription s where s.subdbid = d.oid) as replication
    from pg_catalog.pg_database d where d.datname = ${database}`;
  if (row === undefined) return null;
  return { ...row, oid: Number(row.oid), sizeBytes: await readSize(sql, row.oid) };
}

/** Null where the role may not ask, or the server has so many files that it takes long. */
async function readSize(sql: postgres.Sql, oid: string): Promise<number | null> {
  try {
    await sql.unsafe(`set statement_timeout = ${patienceMs}`);
    const [row] = await sql<{ bytes: string }[]>`select pg_database_size(${oid}::oid)::text as bytes`;
    return Number(row!.bytes);
  } catch (error) {
    if (["42501", "57014"].includes((error as { code?: string }).code ?? "")) return null;
    throw error;
  }
}

/** Tables with rows of their own, as an archive has them: no partitioned parents, nothing of extensions. */
async function readTables(sql: postgres.Sql): Promise<Table[]> {
  await sql.unsafe(`set statement_timeout = ${patienceMs}`);
  const rows = await sql<{ schema: string; table: string; oid: string }[]>`
    select n.nspname as schema, c.relname as table, c.oid::text
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and c.relpersistence <> 't' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      and not exists (select 1 from pg_catalog.pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
    order by 1, 2 limit ${tablesTold}`;
  return rows.map((row) => ({ schema: row.schema, table: row.table, oid: Number(row.oid) }));
}

import postgres from "postgres";
import type { EngineContext, RowCounts, ServerAddress, TableRef, TableRows } from "../port.ts";
import { mapConnectionError } from "./connection-errors.ts";
import { reachServer } from "./server.ts";
import { identifier } from "./sql-text.ts";
import { withSql } from "./with-sql.ts";

/** A table that somebody holds exclusively is not waited for. */
const lockMs = 500;
/** `statement_timeout` 0 would mean none. */
const shortestMs = 50;

/** How long the counting may take, and what connecting to a server that falls silent may take beyond it; in milliseconds. */
type CountBounds = { readonly budgetMs: number; readonly graceMs?: number };

type Found = { readonly schema: string; readonly table: string; readonly estimate: number };

/**
 * Counts rows exactly, the smallest tables first, each within half of what is left of the budget. What does not fit, is locked or may not
 * be read keeps the planner's estimate (`reltuples`), which is null where nothing was analysed yet.
 */
export async function countRows(
  address: ServerAddress,
  database: string,
  tables: readonly TableRef[],
  { budgetMs, graceMs = 2_000 }: CountBounds,
  context: EngineContext,
): Promise<RowCounts> {
  const pinned = await reachServer(address, context.signal);
  try {
    return await withSql(pinned, database, context.applicationName, (sql) => count(sql, tables, budgetMs, context.signal), {
      limitMs: budgetMs + graceMs,
    });
  } catch (error) {
    throw mapConnectionError(error, pinned, database);
  }
}

async function count(sql: postgres.Sql, tables: readonly TableRef[], budgetMs: number, signal: AbortSignal): Promise<RowCounts> {
  const begun = performance.now();
  // Nothing is written, and with row security a count would be one of some rows: it is refused instead.
  await sql.unsafe(`set default_transaction_read_only = on; set row_security = off; set lock_timeout = ${lockMs}`).simple();
  const [clock] = await sql<{ now: Date }[]>`select clock_timestamp() as now`;
  const counted: TableRows[] = [];
  for (const table of await findTables(sql, tables)) {
    signal.throwIfAborted();
    const leftMs = budgetMs - (performance.now() - begun);
    const found = leftMs < shortestMs ? estimated(table) : await countOne(sql, table, Math.max(shortestMs, leftMs / 2));
    if (found !== null) counted.push(found);
  }
  return { tables: counted, countedAt: clock?.now ?? new Date() };
}

/** Tables with rows of their own, as a dump has them: partitions, not what they are partitions of. Catalogue columns alone: no locks. */
async function findTables(sql: postgres.Sql, known: readonly TableRef[]): Promise<Found[]> {
  const asked = JSON.stringify(known.map(({ schema, table }) => ({ schema, name: table })));
  return sql<Found[]>`
    select n.nspname as schema, c.relname as table, c.reltuples::float8 as estimate
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and c.relpersistence <> 't' and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
      and (
        not exists (select 1 from pg_catalog.pg_depend d
          where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
        or exists (select 1 from jsonb_to_recordset(${asked}::text::jsonb) as asked(schema text, name text)
          where asked.schema = n.nspname and asked.name = c.relname)
      )
    order by c.relpages, n.nspname, c.relname`;
}

async function countOne(sql: postgres.Sql, found: Found, limitMs: number): Promise<TableRows | null> {
  const { schema, table } = found;
  try {
    await sql.unsafe(`set statement_timeout = ${Math.ceil(limitMs)}`);
    // `only`: what inherits from a table is a table of its own.
    const counting = `select count(*) as rows from only ${identifier(schema)}.${identifier(table)}`;
    const [row] = await sql.unsafe<{ rows: string }[]>(counting);
    return { schema, table, rows: Number(row?.rows ?? 0), exact: true };
  } catch (error) {
    const code = error instanceof postgres.PostgresError ? error.code : "";
    if (code === droppedMeanwhile) return null;
    if (notCounted.has(code)) return estimated(found);
    throw error;
  }
}

const droppedMeanwhile = "42P01";
/** Statement timeout, lock timeout, no privilege (or row security). */
const notCounted: ReadonlySet<string> = new Set(["57014", "55P03", "42501"]);

function estimated({ schema, table, estimate }: Found): TableRows {
  return { schema, table, rows: estimate < 0 ? null : Math.round(estimate), exact: false };
}

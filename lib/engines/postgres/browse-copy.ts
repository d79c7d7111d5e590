import type postgres from "postgres";
import { LifeboatError } from "#lib/domain/error";
import type { CopyTarget, QueryResult } from "../copy-port.ts";
import type { EngineContext, TableRef } from "../port.ts";
import { cell, fetchRows, readOnly } from "./query-copy.ts";
import { identifier } from "./sql-text.ts";

const timeoutMs = 30_000;
const mostTables = 20_000;

/** Tables, partitioned ones and materialized views; views and foreign tables have no rows of their own. */
export async function copyTables(
  target: CopyTarget,
  context: EngineContext,
): Promise<readonly (TableRef & { readonly rows: number | null })[]> {
  return await readOnly(
    target,
    timeoutMs,
    context,
    async (sql) =>
      await sql<(TableRef & { rows: number | null })[]>`
      select n.nspname as schema, c.relname as table, case when c.reltuples >= 0 then c.reltuples::float8 end as rows
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'm') and c.relpersistence <> 't'
        and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
      order by 1, 2 limit ${mostTables}`,
  ).then((tables) => tables.map(({ schema, table, rows }) => ({ schema, table, rows })));
}

/** A page of a table by its primary key, or where it has none in the order in which its rows lie. Throws `not-found`. */
export async function browseCopy(
  target: CopyTarget,
  { schema, table }: TableRef,
  { offset, limit }: { readonly offset: number; readonly limit: number },
  context: EngineContext,
): Promise<QueryResult & { readonly hasMore: boolean }> {
  return await readOnly(target, timeoutMs, context, async (sql) => {
    const begun = performance.now();
    const { columns, order } = await readShape(sql, schema, table);
    const cells = columns.length === 0 ? "null" : columns.map((name) => cell(`t.${identifier(name)}`)).join(", ");
    const from = `from ${identifier(schema)}.${identifier(table)} t`;
    const page = `limit ${Math.max(0, Math.trunc(limit)) + 1} offset ${Math.max(0, Math.trunc(offset))}`;
    const { rows, truncated } = await fetchRows(sql, `select ${cells} ${from} order by ${order} ${page}`, limit);
    return { columns, rows, truncated, hasMore: truncated, durationMs: Math.round(performance.now() - begun) };
  });
}

/** Its columns in their order, and what keeps its rows in one order. */
async function readShape(sql: postgres.Sql, schema: string, table: string): Promise<{ columns: string[]; order: string }> {
  const [found] = await sql<{ oid: string }[]>`
    select c.oid::text as oid from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = ${schema} and c.relname = ${table} and c.relkind in ('r', 'p', 'm') and c.relpersistence <> 't'
      and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')`;
  if (found === undefined) throw new LifeboatError("not-found", { entity: "table", id: `${schema}.${table}` });
  const columns = await sql<{ name: string; key: number | null }[]>`
    select a.attname as name, array_position(i.indkey::int2[], a.attnum) as key
    from pg_catalog.pg_attribute a left join pg_catalog.pg_index i on i.indrelid = a.attrelid and i.indisprimary
    where a.attrelid = ${found.oid}::oid and a.attnum > 0 and not a.attisdropped order by a.attnum`;
  const keys = columns.filter(({ key }) => key !== null).sort((a, b) => a.key! - b.key!);
  const order = keys.length > 0 ? keys.map(({ name }) => `t.${identifier(name)}`).join(", ") : "t.tableoid, t.ctid";
  return { columns: columns.map(({ name }) => name), order };
}

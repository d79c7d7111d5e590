import { LifeboatError } from "#lib/domain/error";
import type { CopyTarget } from "../copy-port.ts";
import type { EngineContext, TableRef } from "../port.ts";
import { inCopy } from "./copy-session.ts";
import { identifier } from "./sql-text.ts";

const timeTypes: ReadonlySet<string> = new Set(["date", "timestamp", "timestamptz"]);

/** The greatest finite value of a time column, as UTC where it has no zone; null for none. Throws `check-not-possible` { detail }. */
export async function newestRow(
  target: CopyTarget,
  { schema, table, column }: TableRef & { readonly column: string },
  context: EngineContext,
): Promise<Date | null> {
  return await inCopy(target, "read only", context, async ({ sql }) => {
    const [found] = await sql<{ type: string }[]>`
      select t.typname as type from pg_catalog.pg_attribute a
      join pg_catalog.pg_class c on c.oid = a.attrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      join pg_catalog.pg_type t on t.oid = a.atttypid
      where n.nspname = ${schema} and c.relname = ${table} and a.attname = ${column} and a.attnum > 0 and not a.attisdropped`;
    const name = `${schema}.${table}.${column}`;
    if (found === undefined) throw new LifeboatError("check-not-possible", { detail: `there is no column ${name}` });
    if (!timeTypes.has(found.type)) throw new LifeboatError("check-not-possible", { detail: `${name} is of type ${found.type}` });
    const of = identifier(column);
    // The session's zone is UTC, so that what has none is taken as UTC.
    const [row] = await sql.unsafe<{ newest: Date | null }[]>(
      `select max(${of})::timestamptz as newest from ${identifier(schema)}.${identifier(table)} where isfinite(${of})`,
    );
    return row?.newest ?? null;
  });
}

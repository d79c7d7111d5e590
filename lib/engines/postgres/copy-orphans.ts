import type postgres from "postgres";
import type { CopyTarget, OrphanFacts } from "../copy-port.ts";
import type { EngineContext } from "../port.ts";
import { inCopy } from "./copy-session.ts";
import { identifier } from "./sql-text.ts";

type Key = { readonly column: string; readonly refers: string; readonly operator: string };

type ForeignKey = {
  readonly constraint: string;
  readonly schema: string;
  readonly table: string;
  readonly isPartitioned: boolean;
  readonly toSchema: string;
  readonly toTable: string;
  readonly toPartitioned: boolean;
  /** `MATCH FULL`: a key may be null as a whole only. */
  readonly isFull: boolean;
  readonly keys: readonly Key[];
};

/** Counts rows of every foreign key that refer to nothing, as its trigger would judge them; validated or not. */
export async function copyOrphans(target: CopyTarget, context: EngineContext): Promise<readonly OrphanFacts[]> {
  return await inCopy(target, "read only", context, async ({ sql }) => {
    const found: OrphanFacts[] = [];
    for (const key of await foreignKeys(sql)) {
      context.signal.throwIfAborted();
      const [row] = await sql.unsafe<{ orphans: string; sample: string | null }[]>(orphanQuery(key));
      const orphans = Number(row?.orphans ?? 0);
      const { schema, table, constraint } = key;
      if (orphans > 0) found.push({ schema, table, constraint, orphans, sample: (row?.sample ?? "").slice(0, 200) });
    }
    return found;
  });
}

/** Those that were declared, not what partitions have of them. Operators are named in full: a search path could hold others. */
async function foreignKeys(sql: postgres.ReservedSql): Promise<ForeignKey[]> {
  return await sql<ForeignKey[]>`
    select k.conname as constraint, n.nspname as schema, c.relname as table, c.relkind = 'p' as "isPartitioned",
      pn.nspname as "toSchema", p.relname as "toTable", p.relkind = 'p' as "toPartitioned", k.confmatchtype = 'f' as "isFull",
      (select json_agg(json_build_object('column', ca.attname, 'refers', pa.attname, 'operator', format('operator(%I.%s)', opn.nspname, o.oprname)) order by nth)
        from unnest(k.conkey, k.confkey, k.conpfeqop) with ordinality as parts(child, parent, op, nth)
        join pg_catalog.pg_attribute ca on ca.attrelid = k.conrelid and ca.attnum = child
        join pg_catalog.pg_attribute pa on pa.attrelid = k.confrelid and pa.attnum = parent
        join pg_catalog.pg_operator o on o.oid = op join pg_catalog.pg_namespace opn on opn.oid = o.oprnamespace) as keys
    from pg_catalog.pg_constraint k
    join pg_catalog.pg_class c on c.oid = k.conrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join pg_catalog.pg_class p on p.oid = k.confrelid join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace
    where k.contype = 'f' and k.conparentid = 0 and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    order by 2, 3, 1`;
}

function orphanQuery({ schema, table, isPartitioned, toSchema, toTable, toPartitioned, isFull, keys }: ForeignKey): string {
  const child = keys.map(({ column }) => `c.${identifier(column)}`);
  const equal = keys.map(({ column, refers, operator }) => `p.${identifier(refers)} ${operator} c.${identifier(column)}`).join(" and ");
  const whole = child.map((column) => `${column} is not null`).join(" and ");
  const partly = `num_nulls(${child.join(", ")}) between 1 and ${keys.length - 1}`;
  // Tables that inherit have keys of their own.
  const from = `${isPartitioned ? "" : "only "}${identifier(schema)}.${identifier(table)} c`;
  const to = `${toPartitioned ? "" : "only "}${identifier(toSchema)}.${identifier(toTable)} p`;
  const lost = `${whole} and not exists (select 1 from ${to} where ${equal})`;
  const where = isFull && keys.length > 1 ? `(${lost}) or (${partly})` : lost;
  return `select count(*)::text as orphans, min(concat_ws(', ', ${child.map((column) => `${column}::text`).join(", ")})) as sample from ${from} where ${where}`;
}

import type postgres from "postgres";
import type { SequenceFacts } from "../copy-port.ts";
import { identifier } from "./sql-text.ts";

type Found = {
  readonly schema: string;
  readonly name: string;
  readonly lastValue: string | null;
  readonly start: string;
  readonly increment: string;
  readonly cycles: boolean;
  readonly columns: readonly { readonly schema: string; readonly table: string; readonly column: string }[];
};

/**
 * Every sequence with the columns that take their values from it: identity, `serial`, and defaults that call it. Only columns of whole numbers
 * can be compared with it.
 */
export async function readSequences(sql: postgres.ReservedSql): Promise<SequenceFacts[]> {
  const found = await sql<Found[]>`
    select s.schemaname as schema, s.sequencename as name, s.last_value::text as "lastValue", s.start_value::text as start,
      s.increment_by::text as increment, s.cycle as cycles,
      coalesce((select json_agg(distinct jsonb_build_object('schema', tn.nspname, 'table', t.relname, 'column', a.attname))
        from (
          select d.refobjid as relid, d.refobjsubid::int as attnum from pg_catalog.pg_depend d
            where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
          union
          select f.adrelid, f.adnum from pg_catalog.pg_depend d join pg_catalog.pg_attrdef f on f.oid = d.objid
            where d.classid = 'pg_attrdef'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid
        ) fed
        join pg_catalog.pg_class t on t.oid = fed.relid and t.relkind in ('r', 'p') join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace
        join pg_catalog.pg_attribute a on a.attrelid = fed.relid and a.attnum = fed.attnum and not a.attisdropped
          and a.atttypid in ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype)), '[]') as columns
    from pg_catalog.pg_sequences s join pg_catalog.pg_namespace n on n.nspname = s.schemaname
    join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = s.sequencename and c.relkind = 'S'
    order by 1, 2`;
  const facts: SequenceFacts[] = [];
  for (const sequence of found) facts.push(await lookAt(sql, sequence));
  return facts;
}

async function lookAt(
  sql: postgres.ReservedSql,
  { schema, name, lastValue, start, increment, cycles, columns: fed }: Found,
): Promise<SequenceFacts> {
  const isDown = BigInt(increment) < 0n;
  const columns: SequenceFacts["columns"][number][] = [];
  for (const { schema: inSchema, table, column } of fed) {
    const of = identifier(column);
    const [row] = await sql.unsafe<{ greatest: string | null }[]>(
      // What is no number, or beyond the integers (numeric), was never made by a sequence.
      `select trunc(${isDown ? "min" : "max"}(${of}))::text as greatest from ${identifier(inSchema)}.${identifier(table)}`,
    );
    const greatest = row?.greatest ?? null;
    columns.push({ schema: inSchema, table, column, greatest: greatest !== null && /^-?\d+$/.test(greatest) ? greatest : null });
  }
  const next = lastValue === null ? BigInt(start) : BigInt(lastValue) + BigInt(increment);
  const isPassed = (value: string) => (isDown ? BigInt(value) <= next : BigInt(value) >= next);
  const behind = !cycles && columns.some(({ greatest }) => greatest !== null && isPassed(greatest));
  return { schema, name, lastValue, columns, behind, direction: cycles ? "cycle" : isDown ? "down" : "up" };
}

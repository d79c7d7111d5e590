import type postgres from "postgres";
import type { RestoreLineError } from "../port.ts";
import type { TocEntry } from "./archive-format.ts";

type Relation = { readonly schema: string; readonly table: string };
export type FilledTable = Relation & { readonly isOfExtension: boolean };

/** Tables with rows in them; one whose rows were deleted counts until it was vacuumed or truncated. */
export async function readFilledTables(sql: postgres.Sql): Promise<FilledTable[]> {
  return [
    ...(await sql<FilledTable[]>`
      select n.nspname as schema, c.relname as table, exists (select from pg_catalog.pg_depend d
        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e') as "isOfExtension"
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and pg_relation_size(c.oid) > 0`),
  ];
}

export const relationKey = ({ schema, table }: Relation) => JSON.stringify([schema, table]);

/** The entries of a kind, as keys of relations. */
export function keysOf(toc: readonly TocEntry[], description: string): ReadonlySet<string> {
  const entries = toc.filter((entry) => entry.description === description);
  return new Set(entries.map(({ namespace, tag }) => relationKey({ schema: namespace, table: tag })));
}

/**
 * Tables for which an archive brings rows but which it does not make (`pg_dump --data-only`), and which hold rows: without a unique key they would
 * stand there twice, and nobody would be told.
 */
export function foreseeDoubled(toc: readonly TocEntry[], filled: readonly FilledTable[]): RestoreLineError[] {
  const made = keysOf(toc, "TABLE");
  const brought = keysOf(toc, "TABLE DATA");
  return filled
    .filter((relation) => !relation.isOfExtension && brought.has(relationKey(relation)) && !made.has(relationKey(relation)))
    .map(({ schema, table }) => ({
      class: "data" as const,
      entry: `TABLE DATA ${schema} ${table}`,
      message: `the archive has rows for ${schema}.${table} but not the table, which has rows already: TRUNCATE it first, or take a whole dump`,
    }));
}

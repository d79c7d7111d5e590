import type postgres from "postgres";
import { identifier } from "./sql-text.ts";

type Finder = { readonly tool: string; readonly table: string; readonly columns: readonly string[]; readonly head: string };

/** Tables that migration tools keep, the columns that tell them apart, and what names the newest migration. The order decides. */
const finders: readonly Finder[] = [
  { tool: "alembic", table: "alembic_version", columns: ["version_num"], head: "string_agg(version_num, ', ' order by version_num)" },
  {
    tool: "prisma",
    table: "_prisma_migrations",
    columns: ["migration_name", "finished_at"],
    head: "(array_agg(migration_name order by finished_at desc nulls last))[1]",
  },
  {
    tool: "drizzle",
    table: "__drizzle_migrations",
    columns: ["hash", "created_at"],
    head: "(array_agg(hash order by created_at desc))[1]",
  },
  { tool: "knex", table: "knex_migrations", columns: ["name", "id"], head: "(array_agg(name order by id desc))[1]" },
  {
    tool: "flyway",
    table: "flyway_schema_history",
    columns: ["version", "installed_rank"],
    head: "(array_agg(version order by installed_rank desc) filter (where success and version is not null))[1]",
  },
  {
    tool: "django",
    table: "django_migrations",
    columns: ["app", "name", "id"],
    head: "(array_agg(app || '.' || name order by id desc))[1]",
  },
  { tool: "ecto", table: "schema_migrations", columns: ["version", "inserted_at"], head: "max(version)::text" },
  { tool: "golang-migrate", table: "schema_migrations", columns: ["version", "dirty"], head: "max(version)::text" },
  { tool: "rails", table: "schema_migrations", columns: ["version"], head: "max(version)::text" },
];

/** Which migration tool keeps this database and how far it got; null when none is known. Runs inside the snapshot. */
export async function readMigrationHead(sql: postgres.ReservedSql): Promise<{ tool: string; head: string } | null> {
  const tables = await sql<{ schema: string; table: string; columns: string[] }[]>`
    select n.nspname as schema, c.relname as table, json_agg(a.attname) as columns
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relkind = 'r' and c.relname = any(${finders.map((finder) => finder.table)}::text[])
      and has_schema_privilege(n.oid, 'USAGE') and has_table_privilege(c.oid, 'SELECT')
    group by 1, 2 order by 1, 2`;
  for (const { tool, table, columns, head } of finders) {
    const found = tables.find((row) => row.table === table && columns.every((column) => row.columns.includes(column)));
    if (found === undefined) continue;
    await sql`savepoint migration_head`;
    try {
      const [row] = await sql<
        { head: string | null }[]
      >`select ${sql.unsafe(head)} as head from ${sql.unsafe(`${identifier(found.schema)}.${identifier(found.table)}`)}`;
      if (row?.head) return { tool, head: row.head };
    } catch {
      // A table of that name with other contents: no head, and no reason to fail a backup.
      await sql`rollback to savepoint migration_head`;
    }
  }
  return null;
}

/** One head for each part of an application that has its own: Django's apps, Alembic's branches; else the head. Runs after `readMigrationHead`. */
export async function readMigrationHeads(
  sql: postgres.ReservedSql,
  { tool, head }: { readonly tool: string; readonly head: string },
): Promise<readonly string[]> {
  if (tool === "alembic") return head.split(", ");
  if (tool !== "django") return [head];
  const [found] = await sql<{ schema: string }[]>`
    select n.nspname as schema from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and c.relname = 'django_migrations' and has_table_privilege(c.oid, 'SELECT') order by 1 limit 1`;
  if (found === undefined) return [head];
  const rows = await sql.unsafe<{ head: string }[]>(
    `select distinct on (app) app || '.' || name as head from ${identifier(found.schema)}.django_migrations order by app, id desc`,
  );
  return rows.map((row) => row.head);
}

import type postgres from "postgres";
import type { ConstraintFacts, CopyFacts, CopyTarget } from "../copy-port.ts";
import type { EngineContext } from "../port.ts";
import { readSequences } from "./copy-sequences.ts";
import { inCopy } from "./copy-session.ts";
import { readMigrationHead, readMigrationHeads } from "./migration-head.ts";
import { readManifest } from "./snapshot-facts.ts";

const nothingExcluded = { excludedSchemas: [], excludedTables: [] };

/** What a database says of itself, in one snapshot of it. */
export async function inspectCopy({ address, database }: CopyTarget, context: EngineContext): Promise<CopyFacts> {
  return await inCopy({ address, database }, "read only", context, async ({ sql, version }) => {
    const request = { address, database, lockWaitSeconds: 0, ...nothingExcluded };
    const { properties, extensions } = await readManifest(sql, request, version.number);
    const migrationHead = await readMigrationHead(sql);
    const [counts] = await sql<Pick<CopyFacts, "sizeBytes" | "foreignKeys">[]>`
      select pg_database_size(current_database())::float8 as "sizeBytes",
        (select count(*)::int from pg_catalog.pg_constraint k join pg_catalog.pg_namespace n on n.oid = k.connamespace
          where k.contype = 'f' and k.conparentid = 0 and ${users(sql)}) as "foreignKeys"`;
    const roles = await sql<{ name: string }[]>`select rolname as name from pg_catalog.pg_roles order by 1`;
    return {
      serverVersion: version.text,
      properties: properties!,
      extensions,
      migrationHead,
      migrationHeads: migrationHead === null ? [] : await readMigrationHeads(sql, migrationHead),
      ...counts!,
      roles: roles.map(({ name }) => name),
      sequences: await readSequences(sql),
      notValidated: await readNotValidated(sql),
      invalidIndexes: await readInvalidIndexes(sql),
    };
  });
}

const users = (sql: postgres.ReservedSql) => sql`n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`;

async function readNotValidated(sql: postgres.ReservedSql): Promise<ConstraintFacts[]> {
  return await sql<ConstraintFacts[]>`
    select n.nspname as schema, c.relname as table, k.conname as name,
      case k.contype when 'f' then 'foreign-key' when 'u' then 'unique' when 'p' then 'primary-key' when 'x' then 'exclusion' else 'check' end as type
    from pg_catalog.pg_constraint k join pg_catalog.pg_class c on c.oid = k.conrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where not k.convalidated and k.contype <> 't' and ${users(sql)} order by 1, 2, 3`;
}

/** Indexes of partitioned tables are left out: they are not valid while a partition lacks its part, which may be so on purpose. */
async function readInvalidIndexes(sql: postgres.ReservedSql) {
  return await sql<{ schema: string; table: string; name: string }[]>`
    select n.nspname as schema, t.relname as table, c.relname as name
    from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid join pg_catalog.pg_class t on t.oid = i.indrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'i' and c.relpersistence <> 't' and not (i.indisvalid and i.indisready and i.indislive) and ${users(sql)}
    order by 1, 2, 3`;
}

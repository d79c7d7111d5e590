import { randomBytes } from "node:crypto";
import type { CopyTarget } from "../copy-port.ts";
import type { EngineContext } from "../port.ts";
import { inCopy } from "./copy-session.ts";
import { identifier } from "./sql-text.ts";

const mostProblems = 200;

/**
 * `amcheck` over every valid B-tree of the copy. The extension is made in the very transaction that is rolled back, in a schema of its own:
 * the copy stays what it was.
 */
export async function indexStructure(
  target: CopyTarget,
  context: EngineContext,
): Promise<{ readonly available: boolean; readonly checked: number; readonly problems: readonly string[] }> {
  return await inCopy(target, "read write", context, async ({ sql }) => {
    const [known] = await sql<{ offered: boolean; schema: string | null }[]>`
      select exists (select 1 from pg_catalog.pg_available_extensions where name = 'amcheck') as offered,
        (select n.nspname from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace where e.extname = 'amcheck') as schema`;
    if (known === undefined || (!known.offered && known.schema === null)) return { available: false, checked: 0, problems: [] };
    const schema = known.schema ?? `lifeboat_amcheck_${randomBytes(4).toString("hex")}`;
    if (known.schema === null) {
      await sql.unsafe(`create schema ${identifier(schema)}`);
      await sql.unsafe(`create extension amcheck schema ${identifier(schema)}`);
    }
    const indexes = await sql<{ oid: number; name: string }[]>`
      select c.oid::int8::float8 as oid, n.nspname || '.' || c.relname as name
      from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid join pg_catalog.pg_am a on a.oid = c.relam
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where a.amname = 'btree' and c.relkind = 'i' and c.relpersistence <> 't' and i.indisvalid and i.indisready and n.nspname !~ '^pg_'
      order by 2`;
    const problems: string[] = [];
    for (const { oid, name } of indexes) {
      context.signal.throwIfAborted();
      await sql.unsafe("savepoint index");
      try {
        await sql.unsafe(`select ${identifier(schema)}.bt_index_check(${oid}::oid::regclass)`);
      } catch (error) {
        context.signal.throwIfAborted();
        await sql.unsafe("rollback to savepoint index");
        if (problems.length < mostProblems) problems.push(`${name}: ${(error as Error).message}`);
      }
    }
    return { available: true, checked: indexes.length, problems };
  });
}

import { LifeboatError } from "#lib/domain/error";
import type { ScriptFacts } from "#lib/domain/script-scan";
import type { PinnedAddress } from "./address.ts";
import { identifier, literal } from "./sql-text.ts";
import { withSql } from "./with-sql.ts";

/** Where a superuser of the sandbox works, and the role and database that what comes from elsewhere gets. */
export type SandboxDatabase = {
  readonly superuser: PinnedAddress;
  readonly applicationName: string;
  readonly role: string;
  readonly password: string;
  readonly database: string;
};

/** Extensions that reach other servers, files or programs stay out, whoever would have installed them. */
const reachesOutside = /(_fdw|^dblink|^adminpack|^pg_cron|^http|^pg_net|^plpython\du?|^pl\w*u|^pltclu?)$/;

/** Makes the role, which may do nothing outside its own database, and the database, which it owns. */
export async function createSandboxDatabase(target: SandboxDatabase, encoding: string): Promise<void> {
  const { superuser, applicationName, role, password, database } = target;
  await withSql(superuser, "postgres", applicationName, async (sql) => {
    const quoted = identifier(role);
    await sql.unsafe(
      `create role ${quoted} login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password ${literal(password)}`,
    );
    const locale = encoding === "UTF8" ? "" : ` encoding ${literal(encoding)} lc_collate 'C' lc_ctype 'C'`;
    await sql.unsafe(`create database ${identifier(database)} owner ${quoted} template template0${locale}`);
  });
  await withSql(superuser, database, applicationName, async (sql) => {
    // As in a database of its own: pg_dump comments on plpgsql and on the public schema.
    await sql`update pg_catalog.pg_extension set extowner = (select oid from pg_catalog.pg_roles where rolname = ${role})`;
    const [row] = await sql<{ version: number }[]>`select current_setting('server_version_num')::int as version`;
    if ((row?.version ?? 0) < 150_000) await sql.unsafe(`alter schema public owner to ${identifier(role)}`);
  });
}

/**
 * Makes the roles that a script names, without any right of their own, and the extensions that only a superuser may install. Throws
 * `extension-missing` { extension } for one that the sandbox does not have, `script-forbidden` { line, detail } for one that reaches outside.
 */
export async function prepareForScript(target: SandboxDatabase, facts: ScriptFacts): Promise<void> {
  const { superuser, applicationName, role, database } = target;
  await withSql(superuser, database, applicationName, async (sql) => {
    for (const name of facts.roles) {
      if (name === role || name.startsWith("pg_") || Buffer.byteLength(name) > 63) continue;
      const known = await sql`select 1 from pg_catalog.pg_roles where rolname = ${name}`;
      if (known.length > 0) throw new LifeboatError("script-forbidden", { line: 0, detail: `the role ${name} is the sandbox's own` });
      await sql.unsafe(`create role ${identifier(name)} nologin`);
      await sql.unsafe(`grant ${identifier(name)} to ${identifier(role)}`);
    }
    for (const { name, schema, line } of facts.extensions) {
      if (reachesOutside.test(name)) {
        throw new LifeboatError("script-forbidden", { line, detail: `the extension ${name} reaches beyond the database` });
      }
      const [found] = await sql<{ trusted: boolean }[]>`
        select coalesce(bool_or(trusted), false) as trusted from pg_catalog.pg_available_extension_versions where name = ${name} having count(*) > 0`;
      if (found === undefined) throw new LifeboatError("extension-missing", { extension: name });
      if (found.trusted || (schema !== null && schema !== "public" && schema !== "pg_catalog")) continue;
      await sql.unsafe(`create extension if not exists ${identifier(name)}${schema === null ? "" : ` schema ${identifier(schema)}`}`);
      await sql`update pg_catalog.pg_extension set extowner = (select oid from pg_catalog.pg_roles where rolname = ${role}) where extname = ${name}`;
    }
  });
}

/**
 * What initdb made is the bootstrap superuser's (10), but for the public schema, and stays so: who owns `pg_read_file` may call it. Old
 * versions of pg_dump give plpgsql away, which is therefore not looked at.
 */
const serverObjectsTaken = `
  select oid::regprocedure::text as name from pg_catalog.pg_proc where oid < 16384 and proowner <> 10
  union all select oid::regtype::text from pg_catalog.pg_type where oid < 16384 and typowner <> 10
  union all select oid::regclass::text from pg_catalog.pg_class where oid < 16384 and relowner <> 10
  union all select oid::regoperator::text from pg_catalog.pg_operator where oid < 16384 and oprowner <> 10
  union all select nspname from pg_catalog.pg_namespace where oid < 16384 and nspowner <> 10 and nspname <> 'public'
  limit 1`;

/** Gives objects to the roles that the script names, each statement by itself. Throws `script-failed` { line: 0, detail }, and `script-forbidden` for objects of the server itself. */
export async function giveToOwners(target: SandboxDatabase, owners: readonly string[], signal: AbortSignal): Promise<void> {
  const { superuser, applicationName, database } = target;
  if (owners.length === 0) return;
  await withSql(superuser, database, applicationName, async (sql) => {
    // Names in a script are what they say: its own search path is empty, and nothing else may stand in for them.
    await sql`select pg_catalog.set_config('search_path', 'public', false)`;
    for (const statement of owners) {
      signal.throwIfAborted();
      try {
        await sql.unsafe(statement, [], { prepare: false });
      } catch (error) {
        throw new LifeboatError(
          "script-failed",
          { line: 0, detail: `${(error as Error).message}: ${statement}`.slice(0, 500) },
          { cause: error },
        );
      }
    }
    const [taken] = await sql.unsafe<{ name: string }[]>(serverObjectsTaken);
    if (taken !== undefined) throw new LifeboatError("script-forbidden", { line: 0, detail: `${taken.name} belongs to the server itself` });
  });
}

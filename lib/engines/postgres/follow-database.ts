import type postgres from "postgres";
import { LifeboatError } from "#lib/domain/error";
import { redactText } from "#lib/log/redact";
import type { EngineContext, ServerAddress } from "../port.ts";
import { besideDatabase } from "./beside.ts";
import { unfinishedMark } from "./create-database.ts";
import { grantStatements, readGrants, revokeStatements, sameGrants } from "./database-grants.ts";
import { settingStatement } from "./database-properties.ts";
import type { Deps } from "./engine-options.ts";
import { querySql, reachServer, refuseCatalogue } from "./server.ts";
import { identifier, literal } from "./sql-text.ts";

type Followed = {
  oid: string;
  owner: string;
  comment: string | null;
  connectionLimit: number;
  tablespace: string;
  isTemplate: boolean;
  allowsConnections: boolean;
  settings: { role: string | null; list: string[] }[];
};

/**
 * Carries over what belongs to a database's name and no dump of its contents: owner, grants, settings, connection limit, comment. All in
 * one transaction; what already is equal is not touched, so that doing it twice changes nothing. Tablespace and template flags are told
 * in the log only. Throws `follow-failed` { detail } naming all that failed, and then nothing was carried over; `target-missing`.
 */
export async function followDatabase(
  deps: Deps,
  address: ServerAddress,
  { from, to }: { from: string; to: string },
  context: EngineContext,
): Promise<void> {
  const reached = await reachServer(address, context.signal);
  for (const name of [from, to]) await refuseCatalogue(reached, name, context.applicationName, deps.options.cataloguesAddress ?? null);
  await querySql(reached, besideDatabase(reached, []), context.applicationName, async (sql) => {
    // Not `sql.begin`: see `rename-databases.ts`. What is not committed is taken back when the session ends.
    await sql.unsafe("begin; set local lock_timeout = '10s'");
    const model = await readFollowed(sql, from);
    const target = await readFollowed(sql, to);
    for (const note of notFollowed(model, target)) context.log("warning", note);
    const failed = await carryOver(sql, model, target, { from, to });
    if (failed.length > 0) throw new LifeboatError("follow-failed", { detail: failed.join("; ").slice(0, 1_000) });
    await sql.unsafe("commit");
  });
  context.log("info", `owner, grants and settings of ${from} are set for ${to}`);
}

async function readFollowed(sql: postgres.Sql, database: string): Promise<Followed> {
  const [row] = await sql<Followed[]>`
    select d.oid::text, pg_get_userbyid(d.datdba) as owner, shobj_description(d.oid, 'pg_database') as comment, d.datconnlimit as "connectionLimit",
      t.spcname as tablespace, d.datistemplate as "isTemplate", d.datallowconn as "allowsConnections",
      (select coalesce(json_agg(json_build_object('role', r.rolname, 'list', s.setconfig) order by r.rolname nulls first), '[]')
        from pg_catalog.pg_db_role_setting s left join pg_catalog.pg_roles r on r.oid = s.setrole where s.setdatabase = d.oid) as settings
    from pg_catalog.pg_database d join pg_catalog.pg_tablespace t on t.oid = d.dattablespace where d.datname = ${database}`;
  if (row === undefined) throw new LifeboatError("target-missing", { database });
  return row;
}

/** Every statement in a savepoint of its own, so that all failures are told at once; the caller then takes back the whole. */
async function carryOver(
  sql: postgres.Sql,
  model: Followed,
  target: Followed,
  { from, to }: { from: string; to: string },
): Promise<string[]> {
  const failed: string[] = [];
  const attempt = async (statements: readonly string[], what: string) => {
    try {
      await sql.unsafe(["savepoint carried", ...statements, "release savepoint carried"].join(";\n"));
    } catch (error) {
      if ((error as Error).name !== "PostgresError") throw error;
      await sql.unsafe("rollback to savepoint carried");
      failed.push(`${what}: ${redactText((error as Error).message)}`);
    }
  };
  const name = identifier(to);
  // First, not last: grants name their grantor, and a change of owner would merge those of the old owner into the new one's.
  if (model.owner !== target.owner) await attempt([`alter database ${name} owner to ${identifier(model.owner)}`], "owner");
  const wanted = await readGrants(sql, from);
  const present = await readGrants(sql, to);
  if (!sameGrants(wanted, present)) {
    await attempt([...revokeStatements(to, present), ...grantStatements(to, model.owner, wanted)], "grants");
  }
  for (const [role, statements] of settingChanges(to, model, target)) {
    await attempt(statements, role === null ? "settings" : `settings of ${role}`);
  }
  if (model.connectionLimit !== target.connectionLimit && model.connectionLimit >= -1)
    await attempt([`alter database ${name} connection limit ${model.connectionLimit}`], "connection limit");
  const comment = model.comment?.startsWith(unfinishedMark) === true ? null : model.comment;
  if (comment !== target.comment)
    await attempt([`comment on database ${name} is ${comment === null ? "null" : literal(comment)}`], "comment");
  return failed;
}

/** Per role (null: everybody), what makes the settings of `target` those of `model`, in their order. */
function settingChanges(database: string, model: Followed, target: Followed): [string | null, string[]][] {
  const key = (role: string | null) => JSON.stringify(role);
  const wanted = new Map(model.settings.map((setting) => [key(setting.role), setting]));
  const present = new Map(target.settings.map((setting) => [key(setting.role), setting]));
  const changes: [string | null, string[]][] = [];
  for (const { role } of new Map([...present, ...wanted]).values()) {
    const after = wanted.get(key(role))?.list ?? [];
    const before = present.get(key(role))?.list ?? [];
    if (JSON.stringify(before) === JSON.stringify(after)) continue;
    const subject =
      role === null ? `alter database ${identifier(database)}` : `alter role ${identifier(role)} in database ${identifier(database)}`;
    const reset = before.length === 0 ? [] : [`${subject} reset all`];
    changes.push([role, [...reset, ...after.map((setting) => settingStatement(database, role, setting))]]);
  }
  return changes;
}

function notFollowed(model: Followed, target: Followed): string[] {
  return [
    ...(model.tablespace === target.tablespace ? [] : [`the tablespace ${model.tablespace} is not followed: ${target.tablespace} is used`]),
    ...(model.isTemplate ? ["the old database is a template; the new one is none"] : []),
    ...(model.allowsConnections ? [] : ["the old database allows no connections; the new one does"]),
  ];
}

import type postgres from "postgres";
import { redactText } from "#lib/log/redact";
import type { EngineContext, RestoreLineError, RestoreRequest } from "../port.ts";
import type { PinnedAddress } from "./address.ts";
import { settingValues } from "./list-setting.ts";
import { querySql, type ServerVersion } from "./server.ts";
import { identifier, literal } from "./sql-text.ts";

/** `ALTER DATABASE … SET` for one recorded `name=value`. */
export function settingStatement(database: string, role: string | null, setting: string): string {
  const equals = setting.indexOf("=");
  const name = setting.slice(0, equals);
  const value = setting.slice(equals + 1);
  const target =
    role === null ? `alter database ${identifier(database)}` : `alter role ${identifier(role)} in database ${identifier(database)}`;
  const parts = name.split(".").map(identifier).join(".");
  return `${target} set ${parts} to ${settingValues(name, value).map(literal).join(", ")}`;
}

/**
 * Gives a loaded database what its dump does not carry: owner, grants, settings, comment, connection limit; with `owners: "none"`
 * settings and comment only. What fails is returned as an error of the load, never swallowed.
 */
export async function applyProperties(
  address: PinnedAddress,
  request: RestoreRequest,
  version: ServerVersion,
  context: EngineContext,
): Promise<RestoreLineError[]> {
  const { database, properties, owners } = request;
  const name = identifier(database);
  const errors: RestoreLineError[] = [];
  await querySql(address, address.maintenanceDatabase, context.applicationName, async (sql) => {
    const attempt = async (kind: RestoreLineError["class"], entry: string, statement: string) => {
      try {
        await sql.unsafe(statement);
      } catch (error) {
        errors.push({ class: kind, entry, message: redactText((error as Error).message).slice(0, 2_000) });
      }
    };
    await attempt(
      "other",
      "DATABASE comment",
      `comment on database ${name} is ${typeof properties?.comment === "string" ? literal(properties.comment) : "null"}`,
    );
    if (properties === null) return;
    for (const { role, setting } of properties.settings) {
      if (role === null || owners === "keep") await attempt("other", `DATABASE SET ${setting}`, settingStatement(database, role, setting));
    }
    if (properties.connectionLimit >= 0)
      await attempt("other", "DATABASE connection limit", `alter database ${name} connection limit ${properties.connectionLimit}`);
    if (owners === "none") return;
    // The recorded list says everything, also what PUBLIC lost; an empty list is the default.
    if (properties.acl.length > 0) await attempt("privileges", "DATABASE ACL", `revoke all on database ${name} from public`);
    for (const item of properties.acl) {
      for (const statement of await grantStatements(sql, name, item, errors))
        await attempt("privileges", `DATABASE ACL ${item}`, statement);
    }
    await attempt("ownership", "DATABASE owner", `alter database ${name} owner to ${identifier(properties.owner)}`);
  });
  if (errors.length > 0)
    context.log("warning", `${errors.length} properties of the database could not be set on PostgreSQL ${version.text}`);
  return errors;
}

/** The server itself takes an ACL item apart: its quoting has changed between versions. */
async function grantStatements(sql: postgres.Sql, name: string, item: string, errors: RestoreLineError[]): Promise<string[]> {
  try {
    const rows = await sql<{ grantee: string | null; privilege: string; grantable: boolean }[]>`
      select r.rolname as grantee, a.privilege_type as privilege, a.is_grantable as grantable
      from aclexplode(array[${item}::text::aclitem]) a left join pg_catalog.pg_roles r on r.oid = a.grantee`;
    return rows.map(
      ({ grantee, privilege, grantable }) =>
        `grant ${privilege} on database ${name} to ${grantee === null ? "public" : identifier(grantee)}${grantable ? " with grant option" : ""}`,
    );
  } catch (error) {
    errors.push({ class: "privileges", entry: `DATABASE ACL ${item}`, message: redactText((error as Error).message).slice(0, 2_000) });
    return [];
  }
}

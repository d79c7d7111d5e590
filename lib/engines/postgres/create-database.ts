import type postgres from "postgres";
import type { DatabaseProperties } from "#lib/contracts/backups";
import { LifeboatError } from "#lib/domain/error";
import type { EngineContext, RestoreRequest } from "../port.ts";
import { mapConnectionError } from "./connection-errors.ts";
import type { Deps } from "./engine-options.ts";
import { querySql, reachServer, readVersion, refuseCatalogue, type ServerVersion } from "./server.ts";
import { identifier, literal } from "./sql-text.ts";

/** Begins the comment of a database that a restore has not finished. */
export const unfinishedMark = "Lifeboat: unfinished restore";

/** The statement that creates an empty database with recorded properties. Throws `target-encoding-missing` for what a server is too old for. */
export function createStatement(database: string, properties: DatabaseProperties | null, version: ServerVersion): string {
  const head = `create database ${identifier(database)} template template0`;
  if (properties === null) return head;
  const options = [
    `encoding ${literal(properties.encoding)}`,
    `lc_collate ${literal(properties.collate)}`,
    `lc_ctype ${literal(properties.ctype)}`,
  ];
  const { localeProvider: provider, icuLocale: locale } = properties;
  if (provider !== "libc") {
    const needed = provider === "builtin" ? 17 : 15;
    if (version.major < needed)
      throw new LifeboatError("target-encoding-missing", { detail: `the locale provider ${provider} needs PostgreSQL ${needed}` });
    options.push(
      `locale_provider ${provider}`,
      `${provider === "icu" ? "icu_locale" : "builtin_locale"} ${literal(locale ?? properties.collate)}`,
    );
  } else if (version.major >= 15) options.push("locale_provider libc");
  return `${head} ${options.join(" ")}`;
}

/** Creates the new, empty database and marks it as an unfinished restore until the load is done. */
export async function createDatabase(deps: Deps, request: RestoreRequest, context: EngineContext): Promise<void> {
  const { database } = request;
  if (database.includes("\0") || Buffer.byteLength(database) > 63 || database === "") {
    throw new LifeboatError("target-name-invalid", { database, why: "a name has 1 to 63 bytes" });
  }
  const address = await reachServer(request.address, context.signal);
  await refuseCatalogue(address, database, context.applicationName, deps.options.cataloguesAddress ?? null);
  await querySql(address, address.maintenanceDatabase, context.applicationName, async (sql) => {
    const version = await readVersion(sql);
    await create(sql, createStatement(database, request.properties, version), request);
    await sql.unsafe(`comment on database ${identifier(database)} is ${literal(`${unfinishedMark} (${context.applicationName})`)}`);
  });
  context.log("info", `created the database ${database}`);
}

async function create(sql: postgres.Sql, statement: string, { address, database }: RestoreRequest): Promise<void> {
  try {
    await sql.unsafe(statement);
  } catch (error) {
    const code = (error as { code?: string }).code ?? "";
    const cause = { cause: error };
    if (code === "42P04") throw new LifeboatError("target-exists", { database }, cause);
    if (code === "42501") throw new LifeboatError("target-cannot-create", { user: address.username }, cause);
    // Invalid or unknown locale or encoding, or a server built without ICU.
    if (["22023", "42809", "0A000", "42704", "42P17", "XX000"].includes(code)) {
      throw new LifeboatError("target-encoding-missing", { detail: (error as Error).message.slice(0, 500) }, cause);
    }
    throw mapConnectionError(error, address, database);
  }
}

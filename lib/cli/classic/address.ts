import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { libpqTlsMode, parseConnectionUrl, type TlsMode } from "#lib/domain/server-address";
import type { ServerAddress } from "#lib/engines/port";
import type { CliEnv } from "#lib/env/cli-env";
import { rememberSecret } from "#lib/log/redact";
import { usageError } from "../exit-code.ts";
import type { Given, Options } from "../options.ts";
import type { Terminal } from "../terminal.ts";
import { readPassFile } from "./pass-file.ts";

/** Options that say where a database is. */
export const addressOptions = {
  url: { type: "string", value: "url", help: "postgresql://user@host:port/database?sslmode=…; the password better not in it (see below)" },
  "url-file": { type: "string", value: "file", help: "a file with the URL in its first line, password and all, instead of --url" },
  database: { type: "string", value: "name", help: "the database, where its name does not stand in the URL" },
  "tls-ca": { type: "string", value: "file", help: "PEM file of the certificate authority (or PGSSLROOTCERT)" },
  "maintenance-database": { type: "string", value: "name", help: "a database to connect to while another one is made (default: postgres)" },
} as const satisfies Options;

export const environmentHelp = [
  "The password is looked for in PGPASSWORD, then in the URL (--url-file), then in PGPASSFILE or ~/.pgpass. One in --url works, but whoever may list",
  "processes reads it there; programs that are started never get one as an argument.",
  "PGSSLMODE says how TLS is used where the URL has no sslmode (default: prefer).",
];

export type Place = { readonly address: ServerAddress; readonly database: string };

/** Where the command is to work. Never from DATABASE_URL. Throws a usage error, `url-not-understood`, `address-invalid`, `address-forbidden`. */
export function readPlace(given: Given, env: CliEnv, terminal: Terminal): Place {
  const path = given.text("url-file");
  const typed = given.text("url");
  if ((path === undefined) === (typed === undefined))
    throw usageError("say the database with --url or --url-file", "DATABASE_URL is never used here: it is Lifeboat's own catalogue.");
  const url = typed ?? readFirstLine(resolve(env.callerDir, path ?? ""));
  const parsed = parseConnectionUrl(url, () => modeOfEnvironment(env));
  refuseElsewhere(parsed.ignored);
  const { host, port, tlsMode } = parsed;
  const username = parsed.username || env.operator;
  const database = given.text("database") ?? parsed.database;
  if (database === "") throw usageError("the URL names no database: add /name to it, or --database name");
  const open = () => terminal.note(`${env.pgPassFile} is not used: others may read it (chmod 600)`);
  const password = env.pgPassword ?? parsed.password ?? readPassFile(env.pgPassFile, { host, port, database, username }, open);
  if (password !== null) rememberSecret(password);
  if (typed !== undefined && parsed.password !== null)
    terminal.note("the password in --url can be read in the list of processes; PGPASSWORD, ~/.pgpass or --url-file keep it out of there");
  for (const name of parsed.ignored) terminal.note(`not used of the URL: ${name}`);
  const tlsCa = readCa(given.text("tls-ca"), env);
  const maintenanceDatabase = given.text("maintenance-database") ?? "postgres";
  return { address: { host, port, tlsMode, tlsCa, username, password, maintenanceDatabase }, database };
}

/** As for libpq: it counts, and must be understood, where the URL says nothing of TLS. */
function modeOfEnvironment({ pgSslMode }: CliEnv): TlsMode {
  if (pgSslMode === null) return "prefer";
  const mode = libpqTlsMode(pgSslMode);
  if (mode !== null) return mode;
  throw usageError(`PGSSLMODE: there is no mode ${pgSslMode}`, "disable, allow, prefer, require, verify-ca or verify-full");
}

/** What libpq would let decide where to connect. In a form a person sees what was not taken over; here nobody looks before it is done. */
const redirecting = new Set(["host", "hostaddr", "port", "dbname", "service", "servicefile"]);

function refuseElsewhere(ignored: readonly string[]): void {
  const name = ignored.find((each) => redirecting.has(each.toLowerCase()));
  if (name === undefined) return;
  throw usageError(
    `the URL says ${name} behind its question mark, which is not read: another database could be meant than the one that would be taken`,
    "Put it before the question mark: postgresql://user@host:port/database. Sockets and service files are not supported.",
  );
}

function readCa(path: string | undefined, env: CliEnv): string {
  if (path !== undefined) return readText(resolve(env.callerDir, path));
  return env.pgRootCert === null || env.pgRootCert === "system" ? "" : readText(env.pgRootCert);
}

function readFirstLine(path: string): string {
  return readText(path).split("\n")[0]?.trim() ?? "";
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw usageError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

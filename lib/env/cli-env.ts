import { readFileSync } from "node:fs";
import { homedir, tmpdir, userInfo } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { EnvError } from "./env.ts";

/** What the command line takes from its surroundings. Folders are absolute; secrets are values, whatever file they stood in. */
export type CliEnv = {
  /** Where the caller stands: npm starts scripts in the folder of the package. */
  readonly callerDir: string;
  /** Who is at the keyboard, for records. */
  readonly operator: string;
  readonly homeDir: string;
  readonly tempDir: string;
  /** Null: nothing said, the configuration file or the address of an installation on this machine. */
  readonly url: string | null;
  readonly port: number;
  readonly token: string | null;
  readonly configFile: string;
  /** The catalogue, which is never a target. Null: an embedded one, known by its marker. */
  readonly catalogueUrl: string | null;
  /** Databases that count as production: `name`, `host/name` or `host:port/name`, `*` for any characters. */
  readonly productionDatabases: readonly string[];
  readonly pgBinPath: readonly string[];
  readonly pgPassword: string | null;
  readonly pgPassFile: string;
  /** As it stands in the environment; null: nothing said. */
  readonly pgSslMode: string | null;
  /** PEM file of the certificate authority; null: none said. */
  readonly pgRootCert: string | null;
};

type Source = Readonly<Record<string, string | undefined>>;

/** Reads what the command line needs of the environment; an empty variable counts as not set. Throws `EnvError` without any value in it. */
export function readCliEnv(source: Source = process.env): CliEnv {
  const said = (name: string) => (source[name] === "" ? null : (source[name] ?? null));
  const homeDir = said("HOME") ?? homedir();
  const port = Number(said("PORT") ?? 3210);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new EnvError("PORT: must be a port number between 1 and 65535");
  const callerDir = said("LIFEBOAT_CALLER_DIR") ?? said("INIT_CWD") ?? process.cwd();
  const rootCert = said("PGSSLROOTCERT");
  return {
    callerDir,
    operator: said("LIFEBOAT_OPERATOR") ?? said("SUDO_USER") ?? said("USER") ?? userInfo().username,
    homeDir,
    tempDir: resolve(said("LIFEBOAT_TEMP_DIR") ?? tmpdir()),
    url: said("LIFEBOAT_URL"),
    port,
    token: secret(source, "LIFEBOAT_TOKEN"),
    configFile: said("LIFEBOAT_CONFIG") ?? join(said("XDG_CONFIG_HOME") ?? join(homeDir, ".config"), "lifeboat", "cli.json"),
    catalogueUrl: secretIfReadable(source, "DATABASE_URL"),
    productionDatabases: list(said("LIFEBOAT_PRODUCTION_DATABASES"), ","),
    pgBinPath: list(said("PG_BIN_PATH"), ":"),
    pgPassword: said("PGPASSWORD"),
    // As libpq finds them: npm has started us in another folder than the one that the caller stands in.
    pgPassFile: resolve(callerDir, said("PGPASSFILE") ?? join(homeDir, ".pgpass")),
    pgSslMode: said("PGSSLMODE"),
    pgRootCert: rootCert === null || rootCert === "system" ? rootCert : resolve(callerDir, rootCert),
  };
}

function secret(source: Source, name: string): string | null {
  const value = source[name] ?? "";
  const path = source[`${name}_FILE`] ?? "";
  if (value !== "" && path !== "") throw new EnvError(`${name}_FILE: ${name} is set too; choose one of them`);
  if (path === "") return value === "" ? null : value;
  if (!isAbsolute(path)) throw new EnvError(`${name}_FILE: must be an absolute path`);
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    throw new EnvError(`${name}_FILE: ${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** For what is only looked at to refuse it: the catalogue has a marker, too, and its file may be another account's. */
function secretIfReadable(source: Source, name: string): string | null {
  try {
    return secret(source, name);
  } catch {
    return null;
  }
}

function list(value: string | null, separator: string): string[] {
  const parts = (value ?? "").split(separator).map((part) => part.trim());
  return parts.filter((part) => part !== "");
}

/**
 * The caller's environment for a command that the caller wants to be run: all of it but the API token, and `extra`. Where the caller stood is left
 * out, too: a Lifeboat that the command calls from another folder would look for its files in ours.
 */
export function commandEnvironment(
  extra: Readonly<Record<string, string>>,
  source: Source = process.env,
): Record<string, string | undefined> {
  const { LIFEBOAT_TOKEN: _token, LIFEBOAT_TOKEN_FILE: _file, LIFEBOAT_CALLER_DIR: _folder, npm_lifecycle_event: script, ...rest } = source;
  // `lifeboat` takes the folder that npm names for the caller's when npm started it: us, not the command's own call.
  return { ...rest, ...(script === undefined || script === "lifeboat" ? {} : { npm_lifecycle_event: script }), ...extra };
}

/** The commit that a build server is at, in the words of the usual ones; null elsewhere. */
export function commitOfBuild(source: Source = process.env): string | null {
  const names = ["GIT_COMMIT", "GITHUB_SHA", "CI_COMMIT_SHA", "BITBUCKET_COMMIT", "CIRCLE_SHA1", "BUILD_SOURCEVERSION"];
  return names.map((name) => source[name] ?? "").find((value) => value !== "") ?? null;
}

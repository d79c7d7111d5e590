import postgres from "postgres";
import { ClusterError, clusterMajor, type PrivateCluster, startCluster } from "#lib/clusters/cluster";
import type { OsUser } from "#lib/clusters/os-user";
import type { Env } from "#lib/env/env";
import { type Logger } from "#lib/log/log";
import { redactText, rememberSecret } from "#lib/log/redact";
import { dataPaths } from "./data-folders.ts";
import { readOrMakePassword } from "./password-file.ts";
import { ensureServerPrograms } from "./server-programs.ts";
import { StartError } from "./start-error.ts";

const database = "lifeboat";
const oldestVersion = 140_000;

/** The catalogue as it was found or started; `cluster` is null for an external one. */
export type CatalogueHome = { readonly url: string; readonly cluster: PrivateCluster | null };

export type StartTools = {
  readonly env: Env;
  readonly clusterUser: OsUser | null;
  readonly logger: Logger;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
};

/** Starts the embedded catalogue, or makes sure that the external one answers. Throws `StartError`. */
export async function openCatalogueHome(tools: StartTools): Promise<CatalogueHome> {
  if (tools.env.databaseUrl !== null) {
    rememberSecret(passwordOf(tools.env.databaseUrl));
    await checkExternal(tools.env.databaseUrl);
    return { url: tools.env.databaseUrl, cluster: null };
  }
  const cluster = await startPrivateCluster("catalogue", tools);
  await ensureDatabase(cluster, database);
  return { url: cluster.url(database), cluster };
}

/** Starts (or adopts) the cluster of that name in the data directory. Throws `StartError`. */
export async function startPrivateCluster(name: "catalogue" | "sample", tools: StartTools): Promise<PrivateCluster> {
  const paths = dataPaths(tools.env.dataDir);
  const dataDir = paths[name];
  const major = await clusterMajor(dataDir);
  const { binDir } = await ensureServerPrograms({ ...tools, pgBinPath: tools.env.pgBinPath, major });
  const password = await readOrMakePassword(paths.passwordOf(name));
  rememberSecret(password);
  try {
    return await startCluster({ name: `lifeboat-${name}`, dataDir, binDir, password, osUser: tools.clusterUser, logger: tools.logger });
  } catch (error) {
    if (error instanceof ClusterError) throw new StartError(error.message);
    throw error;
  }
}

/** Makes the database when it is not there. True when it was made now. */
export async function ensureDatabase(cluster: PrivateCluster, name: string): Promise<boolean> {
  const sql = postgres(cluster.url("postgres"), { max: 1, connect_timeout: 10, onnotice: () => undefined });
  try {
    const known = await sql`select 1 from pg_database where datname = ${name}`;
    if (known.length > 0) return false;
    await sql`create database ${sql(name)} template template0`;
    return true;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

function passwordOf(url: string): string {
  return URL.canParse(url) ? decodeURIComponent(new URL(url).password) : "";
}

async function checkExternal(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, connect_timeout: 10, onnotice: () => undefined });
  let version: number;
  try {
    const [row] = await sql`select current_setting('server_version_num')::int as version`;
    version = Number(row?.["version"]);
  } catch (error) {
    const said = redactText((error as Error).message || (error as NodeJS.ErrnoException).code || "no answer");
    throw new StartError(
      `The catalogue in DATABASE_URL does not answer: ${said}. Check that the server runs and that address, user, password and database are right; or unset DATABASE_URL for the embedded one.`,
    );
  } finally {
    await sql.end({ timeout: 5 });
  }
  if (version < oldestVersion)
    throw new StartError(`The catalogue in DATABASE_URL runs PostgreSQL ${Math.floor(version / 10_000)}; 14 or newer is needed.`);
}

import type { ChildProcess } from "node:child_process";
import { randomBytes, randomUUIDv7 } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import postgres from "postgres";
import { type PrivateCluster, startCluster } from "#lib/clusters/cluster";
import { findFreePort } from "#lib/clusters/free-port";
import { findClusterUser } from "#lib/clusters/os-user";
import { findServerBinaries } from "#lib/clusters/server-binaries";
import { serverInput } from "#lib/contracts/servers";
import { sourceInput } from "#lib/contracts/sources";
import { type Catalogue, openCatalogue } from "#lib/db/client";
import { migrateCatalogue } from "#lib/db/migrate";
import { makeId } from "#lib/domain/ids";
import { createWaker } from "#lib/jobs/waker";
import { createLogger } from "#lib/log/log";
import { keyFileIn, loadKeyring } from "#lib/secrets/keyring";
import type { ServiceContext } from "#lib/services/context";
import { createServer } from "#lib/services/servers/create";
import { ensureInstallation } from "#lib/services/setup/ensure-installation";
import { createSource } from "#lib/services/sources/create";
import { buildWhenChanged } from "#lib/supervisor/build";
import { workerEnvironment } from "#lib/supervisor/worker-environment";
import { type LifeboatProcess, startProcess } from "./process.ts";
import { root } from "./root.ts";

export const sourceDatabase = "bench";

/** An installation in a folder of its own: a server to protect, a catalogue, and the processes that the supervisor would start. */
export type Station = {
  readonly folder: string;
  readonly backupDir: string;
  readonly server: PrivateCluster;
  readonly serverId: string;
  readonly context: ServiceContext;
  readonly catalogue: Catalogue;
  readonly catalogueUrl: string;
  readonly webUrl: string;
  /** Environment for stock client tools: where the server is, and its password. */
  readonly toolEnv: (database: string) => Record<string, string>;
  readonly protect: (database: string) => Promise<string>;
  readonly startWorker: (nodeArguments?: readonly string[], more?: Readonly<Record<string, string>>) => Promise<LifeboatProcess>;
  readonly startWeb: () => Promise<LifeboatProcess>;
  readonly stop: () => Promise<void>;
};

const serverSettings = { shared_buffers: "512MB", max_wal_size: "8GB", checkpoint_timeout: "30min", maintenance_work_mem: "256MB" };

/** Runs a file of statements in a database of the station's server. */
export async function runSqlFile(station: Station, database: string, file: string, scale: number): Promise<void> {
  const text = await readFile(join(root, "scripts", "bench", file), "utf8");
  const sql = postgres(station.server.url(database), { max: 1, onnotice: () => undefined });
  try {
    await sql.unsafe(text.replaceAll(":scale", String(scale)));
  } finally {
    await sql.end();
  }
}

export async function openStation(): Promise<Station> {
  const folder = await mkdtemp(join(tmpdir(), "lifeboat-bench-"));
  await chmod(folder, 0o711);
  const undo: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
  let stopped: Promise<void> | null = null;
  const undoAll = async () => {
    for (const step of undo.reverse()) await step();
  };
  const stop = () => (stopped ??= undoAll());
  try {
    return await fill(folder, undo, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function fill(folder: string, undo: (() => Promise<void>)[], stop: () => Promise<void>): Promise<Station> {
  const logger = createLogger("error", { process: "bench" });
  const [binaries] = await findServerBinaries([]);
  if (binaries === undefined) throw new Error("PostgreSQL's server programs are not on this machine");
  const osUser = await findClusterUser(logger);
  const start = async (name: string, settings: Record<string, string>) => {
    const password = randomBytes(18).toString("base64url");
    const cluster = await startCluster({ name, dataDir: join(folder, name), binDir: binaries.binDir, password, osUser, settings, logger });
    undo.push(() => cluster.stop());
    return cluster;
  };
  const server = await start("server", serverSettings);
  const home = await start("catalogue", {});
  const databaseUrl = home.url("postgres");
  await migrateCatalogue(databaseUrl);
  const catalogue = openCatalogue(databaseUrl, { applicationName: "lifeboat-bench", max: 4 });
  const waker = await createWaker(databaseUrl, logger);
  undo.push(async () => void (await Promise.all([waker.stop(), catalogue.close()])));

  const dataDir = join(folder, "data");
  const backupDir = join(folder, "backups");
  await mkdir(dataDir, { mode: 0o711 });
  const actor = { type: "user", id: makeId("user", randomUUIDv7()), name: "Bench", role: "admin", scopes: null, sessionId: null } as const;
  const keyring = loadKeyring({ key: null, keyFile: keyFileIn(dataDir) });
  const origin = { address: "127.0.0.1", requestId: "bench" };
  const context: ServiceContext = {
    db: catalogue.db,
    actor,
    now: () => new Date(),
    newUuid: randomUUIDv7,
    keyring,
    wake: waker.wake,
    ...origin,
  };
  await ensureInstallation(context);
  const nothing = { params: {}, query: {}, ifMatch: null };
  const { host, port, superuser, password } = server;
  const address = { name: "Bench", host, port, username: superuser, password, tlsMode: "disable" };
  const { id: serverId } = await createServer(context, { ...nothing, body: serverInput.parse(address) });
  const webPort = await findFreePort("127.0.0.1");
  const webUrl = `http://127.0.0.1:${webPort}`;
  const env = {
    ...process.env,
    NEXT_TELEMETRY_DISABLED: "1",
    DATABASE_URL: databaseUrl,
    LIFEBOAT_DATA_DIR: dataDir,
    BACKUP_DIR: backupDir,
    DISABLE_AUTO_BACKUP: "1",
    LIFEBOAT_LOG_LEVEL: "error",
    PORT: String(webPort),
  };
  const started = async (starting: Promise<LifeboatProcess>) => {
    const one = await starting;
    let stopped: Promise<void> | null = null;
    const stopOnce = () => (stopped ??= one.stop());
    undo.push(stopOnce);
    return { ...one, stop: stopOnce };
  };
  return {
    folder,
    backupDir,
    server,
    serverId,
    context,
    catalogue,
    catalogueUrl: databaseUrl,
    webUrl,
    toolEnv: (database) => ({ PGHOST: host, PGPORT: String(port), PGUSER: superuser, PGPASSWORD: password, PGDATABASE: database }),
    protect: async (database) =>
      (await createSource(context, { ...nothing, body: sourceInput.parse({ serverId, database, name: database }) })).id,
    startWorker: (nodeArguments, more = {}) =>
      started(startProcess({ name: "worker", env: workerEnvironment({ ...env, ...more }), nodeArguments, isReady: untilMessage })),
    startWeb: async () => {
      await buildWhenChanged({ root, say: (line) => console.log(`  ${line}`), signal: new AbortController().signal });
      return started(startProcess({ name: "web", env, isReady: () => untilAnswers(webUrl) }));
    },
    stop,
  };
}

/** The worker tells its parent that it is ready. */
function untilMessage(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.once("message", () => resolve()));
}

async function untilAnswers(url: string): Promise<void> {
  for (;;) {
    const answer = await fetch(`${url}/api/health/ready`).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.ok === true) return;
    await delay(100);
  }
}

import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, chown, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { runTool } from "#lib/exec/run-tool";
import type { Logger } from "#lib/log/log";
import { findFreePort } from "./free-port.ts";
import { isAlive, readPostmasterPid } from "./postmaster-pid.ts";

export const clusterSuperuser = "lifeboat";
const host = "127.0.0.1";
const startSeconds = 60;
const recoverySeconds = 600;

export type ClusterOptions = {
  /** Shown in the log and in the process title. */
  name: string;
  dataDir: string;
  /** Folder of `initdb`, `pg_ctl`, `postgres` and `psql` of one PostgreSQL version. */
  binDir: string;
  /** Left out: the port of a living server, else a free one. */
  port?: number;
  password: string;
  /** Left out: `lifeboat`. A sandbox has one that no script can guess. */
  superuser?: string;
  /** Null: the own account. */
  osUser?: { uid: number; gid: number } | null;
  /** More lines for `postgresql.conf`. */
  settings?: Record<string, string>;
  logger: Logger;
};

export type StopMode = "smart" | "fast" | "immediate";

/** A PostgreSQL server of our own, on loopback, that outlives nobody: who starts it stops it, or adopts it at the next start. */
export type PrivateCluster = {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly superuser: string;
  readonly password: string;
  readonly binDir: string;
  readonly dataDir: string;
  /** True when the server was found running. */
  readonly adopted: boolean;
  /** Connection URL with the superuser's password: for environments and clients, never for argv or logs. */
  readonly url: (database: string) => string;
  /** Ends within a bounded time: a server that does not stop is stopped at once, then killed. */
  readonly stop: (mode?: StopMode) => Promise<void>;
};

/** Thrown when a private cluster cannot be made or started; the message says what to do. */
export class ClusterError extends Error {
  override readonly name = "ClusterError";
}

/**
 * Starts a private cluster: makes the data directory when there is none, adopts the server when it still runs, else starts it in
 * its own session so that it does not die with us halfway through a write. Throws `ClusterError`.
 */
export async function startCluster(options: ClusterOptions): Promise<PrivateCluster> {
  await initialiseCluster(options);
  await checkMajor(options);
  const adoptedPort = await adopt(options);
  if (adoptedPort !== null) return handle(options, adoptedPort, true);
  const attempts = options.port === undefined ? 4 : 1;
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await findFreePort(host));
    try {
      await start(options, port);
      return handle(options, port, false);
    } catch (error) {
      // Another process may have taken the port since it was found free.
      if (attempt >= attempts) throw error;
      options.logger.warn("private cluster did not start, trying another port", { cluster: options.name, error });
    }
  }
}

function handle(options: ClusterOptions, port: number, adopted: boolean): PrivateCluster {
  const { name, binDir, dataDir, password } = options;
  return {
    name,
    host,
    port,
    superuser: superuserOf(options),
    password,
    binDir,
    dataDir,
    adopted,
    url: (database) =>
      `postgresql://${superuserOf(options)}:${encodeURIComponent(password)}@${host}:${port}/${encodeURIComponent(database)}?sslmode=disable`,
    stop: (mode) => stopCluster(options, mode),
  };
}

function superuserOf({ superuser }: ClusterOptions): string {
  return superuser ?? clusterSuperuser;
}

function tool(options: ClusterOptions, name: string, args: string[], seconds: number, env: Record<string, string> = {}) {
  const user = options.osUser ?? null;
  return runTool({
    file: join(options.binDir, name),
    args,
    // PostgreSQL's programs fail in a working directory that their account cannot read.
    cwd: "/",
    env,
    timeoutMs: seconds * 1000,
    onParentExit: "leave",
    ...(user === null ? {} : { uid: user.uid, gid: user.gid }),
  });
}

/**
 * Makes the data directory, where there is none, under another name and renames it: a start that was killed leaves nothing that looks
 * complete. Throws `ClusterError`.
 */
export async function initialiseCluster(options: ClusterOptions): Promise<void> {
  if (existsSync(join(options.dataDir, "PG_VERSION"))) return;
  const parent = dirname(options.dataDir);
  const draft = `${options.dataDir}.new`;
  const passwordFile = `${options.dataDir}.pw-${randomBytes(6).toString("hex")}`;
  await mkdir(parent, { recursive: true, mode: 0o711 });
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  try {
    await writeFile(passwordFile, `${options.password}\n`, { mode: 0o600, flag: "wx" });
    for (const path of [draft, passwordFile]) await give(options, path);
    const args = ["-D", draft, "-U", superuserOf(options), "--pwfile", passwordFile, "--auth=scram-sha-256", "--encoding=UTF8"];
    const result = await tool(options, "initdb", [...args, "--locale=C.UTF-8", "--data-checksums", "--no-sync"], 120);
    if (result.exitCode !== 0) {
      const again = await retryWithoutLocale(options, draft, args);
      if (again !== 0)
        throw new ClusterError(`initdb failed for the ${options.name} cluster in ${options.dataDir}: ${result.stderr.trim()}`);
    }
    await rename(draft, options.dataDir);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(draft, { recursive: true, force: true });
  }
}

/** macOS before 15 has no locale C.UTF-8; the plain C locale with UTF-8 encoding is everywhere. */
async function retryWithoutLocale(options: ClusterOptions, draft: string, args: string[]): Promise<number | null> {
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  await give(options, draft);
  return (await tool(options, "initdb", [...args, "--no-locale", "--data-checksums", "--no-sync"], 120)).exitCode;
}

async function give(options: ClusterOptions, path: string): Promise<void> {
  if (options.osUser) await chown(path, options.osUser.uid, options.osUser.gid);
}

/** The major version of a data directory, or null when there is none. */
export async function clusterMajor(dataDir: string): Promise<number | null> {
  try {
    return Number.parseInt(await readFile(join(dataDir, "PG_VERSION"), "utf8"), 10);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

async function checkMajor(options: ClusterOptions): Promise<void> {
  const major = await clusterMajor(options.dataDir);
  const { stdout } = await tool(options, "postgres", ["--version"], 30);
  const found = Number(/(\d+)/.exec(stdout)?.[1]);
  if (major !== found) {
    throw new ClusterError(
      `the ${options.name} cluster in ${options.dataDir} was made by PostgreSQL ${major}, but ${options.binDir} has version ${found}; install PostgreSQL ${major}`,
    );
  }
}

/** The port of a server that still runs on this data directory. Knowing the password and naming the folder proves that it is ours. */
async function adopt(options: ClusterOptions): Promise<number | null> {
  const until = Date.now() + recoverySeconds * 1000;
  for (;;) {
    const running = await readPostmasterPid(options.dataDir);
    if (running === null) return null;
    if (!isAlive(running.pid)) {
      // The server itself takes a dead process that nobody collected for a living one, and refuses to start.
      await rm(join(options.dataDir, "postmaster.pid"), { force: true });
      return null;
    }
    const answer = await tool(
      options,
      "psql",
      ["-X", "-A", "-t", "-h", host, "-p", String(running.port), "-U", superuserOf(options), "-d", "postgres", "-c", "show data_directory"],
      20,
      { PGPASSWORD: options.password, PGCONNECT_TIMEOUT: "10", PGSSLMODE: "disable" },
    );
    if (answer.exitCode === 0 && answer.stdout.trim() === options.dataDir) {
      options.logger.info("adopted a running private cluster", { cluster: options.name, pid: running.pid, port: running.port });
      return running.port;
    }
    const status = await tool(options, "pg_ctl", ["status", "-D", options.dataDir], 30);
    // pg_ctl knows a stale file whose number now belongs to another program only by the failing start; the server sorts that out.
    if (status.exitCode !== 0 || running.status === "ready") return null;
    if (Date.now() > until) throw new ClusterError(`the ${options.name} cluster (process ${running.pid}) does not become ready`);
    await delay(250);
  }
}

/** Writes `postgresql.conf` and `pg_hba.conf`; `settings` win over our own. */
export async function writeConfiguration(options: ClusterOptions, port: number): Promise<void> {
  const settings: Record<string, string> = {
    listen_addresses: host,
    port: String(port),
    unix_socket_directories: "",
    cluster_name: options.name,
    password_encryption: "scram-sha-256",
    max_connections: "100",
    shared_buffers: "64MB",
    timezone: "UTC",
    log_timezone: "UTC",
    logging_collector: "on",
    log_directory: "log",
    log_filename: "server-%a.log",
    log_truncate_on_rotation: "on",
    log_rotation_age: "1d",
    log_rotation_size: "0",
    ...options.settings,
  };
  const text = Object.entries(settings).map(([key, value]) => `${key} = '${value.replaceAll("'", "''")}'\n`);
  await replaceFile(options, "postgresql.conf", `# Written by Lifeboat at every start.\n${text.join("")}`);
  await replaceFile(
    options,
    "pg_hba.conf",
    `# Written by Lifeboat at every start.\nlocal all all scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\n`,
  );
}

/** By rename: the folder belongs to another account, and a link put there must not lead our write elsewhere. */
async function replaceFile(options: ClusterOptions, name: string, text: string): Promise<void> {
  const temporary = join(options.dataDir, `${name}.${randomBytes(6).toString("hex")}`);
  await writeFile(temporary, text, { mode: 0o600, flag: "wx" });
  await chmod(temporary, 0o600);
  await give(options, temporary);
  await rename(temporary, join(options.dataDir, name));
}

async function start(options: ClusterOptions, port: number): Promise<void> {
  await writeConfiguration(options, port);
  const log = join(options.dataDir, "start.log");
  await rm(log, { force: true });
  const args = ["start", "-D", options.dataDir, "-l", log, "-w", "-t", String(startSeconds), "-s"];
  const result = await tool(options, "pg_ctl", args, startSeconds + 30);
  if (result.exitCode === 0) {
    options.logger.info("started a private cluster", { cluster: options.name, port });
    return;
  }
  // Crash recovery may take longer than pg_ctl waits: that server is on its way and is waited for.
  const late = await adopt(options);
  if (late === port) return;
  const detail = existsSync(log) ? (await readFile(log, "utf8")).trim().split("\n").slice(-6).join("\n") : result.stderr.trim();
  throw new ClusterError(`the ${options.name} cluster in ${options.dataDir} did not start:\n${detail}`);
}

/** Stops the server of a data directory, if one runs; the password is not needed. Ends within a minute, with force if it must. */
export async function stopCluster(options: ClusterOptions, mode: StopMode = "fast"): Promise<void> {
  const running = await readPostmasterPid(options.dataDir);
  if (running === null || !isAlive(running.pid)) return;
  const steps: [StopMode, number][] = [
    [mode, 30],
    ["immediate", 15],
  ];
  for (const [how, seconds] of steps) {
    const result = await tool(
      options,
      "pg_ctl",
      ["stop", "-D", options.dataDir, "-m", how, "-w", "-t", String(seconds), "-s"],
      seconds + 10,
    );
    if (result.exitCode === 0 || !isAlive(running.pid)) return;
    options.logger.warn("private cluster did not stop in time", { cluster: options.name, mode: how, detail: result.stderr.trim() });
  }
  try {
    process.kill(running.pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

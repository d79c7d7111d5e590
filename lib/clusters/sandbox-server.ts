import { chmod, chown, mkdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { LifeboatError } from "#lib/domain/error";
import { startDaemon } from "#lib/exec/start-daemon";
import type { Logger } from "#lib/log/log";
import { type ClusterOptions, initialiseCluster, writeConfiguration } from "./cluster.ts";
import { findIsolation, hideSockets } from "./isolation.ts";
import type { OsUser } from "./os-user.ts";
import { readPostmasterPid } from "./postmaster-pid.ts";
import { makePassableRoot, makeSocketFolder } from "./sandbox-folders.ts";
import { endProcesses, findProcessesOf, identifyProcess, isSameProcess, type SandboxProcess } from "./sandbox-processes.ts";
import { readSandboxRecord, type SandboxRecord, writeSandboxRecord } from "./sandbox-record.ts";

/** Its socket lies in a folder of its own, so every sandbox has the same one. */
export const sandboxPort = 5432;

const startMs = 60_000;

export type SandboxServerOptions = {
  /** Folder of this sandbox; what an earlier attempt left in it of a server goes first, other files stay. */
  readonly folder: string;
  /** Folder of `initdb` and `postgres`. */
  readonly binDir: string;
  readonly superuser: string;
  readonly password: string;
  /** The account that it runs as; null: our own. */
  readonly user: OsUser | null;
  /** False: namespaces are not used. */
  readonly mayIsolate: boolean;
  readonly logger: Logger;
};

/** Says nothing to any network, loses all on a crash, and is as fast as that allows. */
const settings = (socketDir: string) => ({
  listen_addresses: "",
  unix_socket_directories: `"${socketDir.replaceAll('"', '""')}"`,
  unix_socket_permissions: "0700",
  fsync: "off",
  full_page_writes: "off",
  synchronous_commit: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
  max_wal_size: "1GB",
  shared_buffers: "128MB",
  maintenance_work_mem: "128MB",
  max_connections: "50",
  max_locks_per_transaction: "256",
  jit: "off",
  logging_collector: "off",
  log_min_messages: "fatal",
  log_min_error_statement: "panic",
});

/**
 * Starts a throw-away server that is reached by its socket alone and outlives this process. `confined`: it runs as another account, without
 * network. Throws `sandbox-unavailable` { detail } and what the signal says; what was begun then waits for `removeSandboxServer`.
 */
export async function startSandboxServer(options: SandboxServerOptions, signal: AbortSignal): Promise<SandboxRecord> {
  const { folder, user, logger } = options;
  await makePassableRoot(dirname(folder), user);
  await mkdir(folder, { recursive: true, mode: 0o711 });
  const { prefix, isIsolated } = options.mayIsolate ? await findIsolation(user) : { prefix: [], isIsolated: false };
  const socketDir = await makeSocketFolder(join(folder, "socket"));
  const draft: SandboxRecord = {
    user,
    isIsolated,
    confined: user !== null && isIsolated,
    socketDir,
    process: null,
    sealed: null,
    relayPort: null,
  };
  await writeSandboxRecord(folder, draft);
  if (user !== null) await chown(socketDir, user.uid, user.gid);
  const cluster: ClusterOptions = {
    name: "sandbox",
    dataDir: join(folder, "data"),
    binDir: options.binDir,
    password: options.password,
    superuser: options.superuser,
    osUser: user,
    settings: settings(socketDir),
    logger,
  };
  await initialiseCluster(cluster);
  await writeConfiguration(cluster, sandboxPort);
  signal.throwIfAborted();
  const [file, ...args] = [...prefix, join(options.binDir, "postgres"), "-D", cluster.dataDir];
  const as = user === null || isIsolated ? {} : { uid: user.uid, gid: user.gid };
  const logPath = join(folder, "server.log");
  const { pid, ended } = await startDaemon({ file, args, cwd: "/", logPath, ...as });
  const record = { ...draft, process: await identifyProcess(pid) };
  await writeSandboxRecord(folder, record);
  await waitUntilReady(cluster.dataDir, logPath, ended, signal);
  // From here on what is restored may run: nobody but us can put another socket in the place of this one.
  if (user !== null) await chown(socketDir, process.getuid?.() ?? 0, process.getgid?.() ?? 0);
  await chmod(socketDir, 0o700);
  if (draft.confined && !(await hideSockets(pid))) logger.warn("sockets of other programs could not be hidden from a sandbox");
  logger.info("started a sandbox", { pid, isIsolated, account: user?.name ?? null });
  return record;
}

async function waitUntilReady(dataDir: string, logPath: string, ended: Promise<string>, signal: AbortSignal): Promise<void> {
  let end: string | null = null;
  void ended.then((how) => (end = how));
  const begun = performance.now();
  // Nothing untrusted has run yet: the file says what our own server wrote.
  while ((await readPostmasterPid(dataDir))?.status !== "ready") {
    signal.throwIfAborted();
    const isLate = performance.now() - begun > startMs;
    if (end !== null || isLate) {
      const said = (await readFile(logPath, "utf8").catch(() => "")).trim().split("\n").slice(-4).join(" ").slice(-400);
      throw new LifeboatError("sandbox-unavailable", { detail: `${end ?? "it did not become ready in a minute"}: ${said}` });
    }
    await delay(20);
  }
}

/** True while the server that was started into this folder runs. */
export async function isSandboxRunning(folder: string): Promise<boolean> {
  const known = (await readSandboxRecord(folder).catch(() => null))?.process ?? null;
  return known !== null && (await isSameProcess(known));
}

/** Ends a sandbox's server and removes what belongs to it, other files of its folder not. Returns processes that could not be ended; safe at any time. */
export async function removeSandboxServer(folder: string): Promise<SandboxProcess[]> {
  const record = await readSandboxRecord(folder);
  const dataDir = join(folder, "data");
  const left =
    record === null
      ? await findProcessesOf(dataDir)
      : await endProcesses(record.process, { folder: dataDir, user: record.user, isIsolated: record.isIsolated });
  if (left.length > 0) return left;
  const remove = (path: string) => rm(path, { recursive: true, force: true, maxRetries: 3 });
  for (const name of ["data", "data.new", "socket", "server.log"]) await remove(join(folder, name));
  if (record !== null) await remove(record.socketDir);
  // Last: until then it says what there is to remove.
  await remove(join(folder, "sandbox.json"));
  return [];
}

import { randomBytes } from "node:crypto";
import { chown, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { LifeboatError } from "#lib/domain/error";
import { runTool } from "#lib/exec/run-tool";
import type { Logger } from "#lib/log/log";
import { type PrivateCluster, startCluster } from "./cluster.ts";
import type { OsUser } from "./os-user.ts";
import { isAlive, readPostmasterPid } from "./postmaster-pid.ts";
import { makePassableRoot, makeSocketFolder } from "./sandbox-folders.ts";
import { type Confine, findConfinement, findSandboxUser } from "./sandbox-user.ts";

export type SandboxOptions = {
  /** Folder of all sandboxes; other accounts must be able to pass through its parents. */
  readonly root: string;
  /** The run that it belongs to: also the name of its folder, so that leftovers of a dead worker are found. */
  readonly runId: string;
  /** Folder of `initdb`, `pg_ctl`, `postgres` and `psql`. */
  readonly binDir: string;
  readonly logger: Logger;
};

/** A throw-away PostgreSQL for what is not trusted: another account of the system, loopback only, no durability. */
export type Sandbox = {
  readonly cluster: PrivateCluster;
  readonly user: OsUser;
  /** Folder of its socket. */
  readonly socketDir: string;
  /** A folder that Lifeboat writes to and gives to the sandbox's account before something in it is opened there. */
  readonly inbox: string;
  /** An empty folder of the sandbox's account, for programs to run in. */
  readonly workDir: string;
  readonly confine: Confine;
  readonly hasNetwork: boolean;
  /** Ends its processes and removes its data; safe at any time and more than once. */
  readonly stop: () => Promise<void>;
};

const marker = "sandbox.json";
const folderName = /^run_[0-9a-f]{32}$/;

/** Starts a sandbox. Throws `sandbox-unavailable` { detail } where there is no second account, or it does not start. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const found = await findSandboxUser();
  if ("why" in found) throw new LifeboatError("sandbox-unavailable", { detail: found.why });
  const { user } = found;
  const { root, runId, binDir, logger } = options;
  if (!folderName.test(runId)) throw new LifeboatError("sandbox-unavailable", { detail: "no run to name it by" });
  const folder = join(root, runId);
  const ending: Ending = { folder, binDir, user, logger };
  try {
    // The same run claimed again: what an earlier attempt left goes first.
    await removeSandbox(ending);
    const socketDir = await makeFolders(folder, user);
    ending.socketDir = socketDir;
    await writeFile(join(folder, marker), JSON.stringify({ binDir, user, socketDir }), { mode: 0o600, flag: "wx" });
    const { confine, hasNetwork } = await findConfinement(user);
    const cluster = await startCluster({
      name: "sandbox",
      dataDir: join(folder, "data"),
      binDir,
      password: randomBytes(24).toString("hex"),
      superuser: `sandbox_${randomBytes(12).toString("hex")}`,
      osUser: user,
      settings: {
        unix_socket_directories: socketDir,
        fsync: "off",
        full_page_writes: "off",
        synchronous_commit: "off",
        wal_level: "minimal",
        max_wal_senders: "0",
        max_connections: "20",
        max_wal_size: "1GB",
        logging_collector: "off",
        log_min_messages: "fatal",
        log_min_error_statement: "panic",
      },
      logger,
    });
    const stop = () => removeSandbox(ending);
    return { cluster, user, socketDir, inbox: join(folder, "inbox"), workDir: join(folder, "work"), confine, hasNetwork, stop };
  } catch (error) {
    await removeSandbox(ending).catch((cause: unknown) =>
      logger.warn("a sandbox that did not start waits for the sweep", { error: cause }),
    );
    if (error instanceof LifeboatError) throw error;
    const detail = error instanceof Error ? error.message.slice(0, 500) : "it did not start";
    throw new LifeboatError("sandbox-unavailable", { detail }, { cause: error });
  }
}

/** Gives the folder of the socket, which lies elsewhere where the path of this one is too long. */
async function makeFolders(folder: string, user: OsUser): Promise<string> {
  await makePassableRoot(dirname(folder), user);
  await mkdir(folder, { mode: 0o711 });
  for (const name of ["work", "inbox"]) await mkdir(join(folder, name), { mode: 0o700 });
  const socketDir = await makeSocketFolder(join(folder, "socket"));
  for (const path of [join(folder, "work"), socketDir]) await chown(path, user.uid, user.gid);
  return socketDir;
}

type Ending = {
  readonly folder: string;
  readonly binDir: string;
  readonly user: OsUser;
  readonly logger: Logger;
  /** Once it is known. */
  socketDir?: string;
};

/** Everything is done with the rights of the sandbox's account: what its files say may be meant to have something else ended. */
async function removeSandbox({ folder, binDir, user, logger, socketDir }: Ending): Promise<void> {
  const dataDir = join(folder, "data");
  const as = { cwd: "/", uid: user.uid, gid: user.gid, onParentExit: "leave" } as const;
  const running = await readPostmasterPid(dataDir).catch(() => null);
  if (running !== null && isAlive(running.pid)) {
    const args = ["stop", "-D", dataDir, "-m", "immediate", "-w", "-t", "10", "-s"];
    const stopped = await runTool({ ...as, file: join(binDir, "pg_ctl"), args, timeoutMs: 20_000 }).catch(() => null);
    if (stopped?.exitCode !== 0 && isAlive(running.pid)) {
      logger.warn("a sandbox did not stop in time and is killed", { pid: running.pid });
      await runTool({ ...as, file: "kill", args: ["-9", String(running.pid)], timeoutMs: 10_000 });
    }
  }
  if (socketDir !== undefined) await rm(socketDir, { recursive: true, force: true, maxRetries: 3 });
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** Ends and removes the sandboxes of runs that are over: a worker that died took nothing along. */
export async function sweepSandboxes(
  root: string,
  isOver: (runIds: readonly string[]) => Promise<ReadonlySet<string>>,
  logger: Logger,
): Promise<void> {
  const names = await readdir(root).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const runIds = names.filter((name) => folderName.test(name));
  if (runIds.length === 0) return;
  const over = await isOver(runIds);
  for (const runId of runIds) {
    if (!over.has(runId)) continue;
    const folder = join(root, runId);
    const known = await readFile(join(folder, marker), "utf8").catch(() => null);
    logger.info("a sandbox that a lost run left is removed", { runId });
    if (known === null) await rm(folder, { recursive: true, force: true });
    else await removeSandbox({ folder, logger, ...(JSON.parse(known) as Pick<Ending, "binDir" | "user" | "socketDir">) });
  }
}

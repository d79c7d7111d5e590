import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { isAlive } from "#lib/clusters/postmaster-pid";
import { runTool } from "#lib/exec/run-tool";
import { StartError } from "./start-error.ts";

type Holder = { pid: number; startedAt: string };

/** When a process was started, in the system's own words: tells it from a later one with the same number. Null when it is gone. */
async function startOf(pid: number): Promise<string | null> {
  if (!isAlive(pid)) return null;
  const { exitCode, stdout } = await runTool({ file: "ps", args: ["-o", "lstart=", "-p", String(pid)], timeoutMs: 10_000 });
  // Without ps a number in use must count as the holder: two supervisors on one folder are worse than a stale lock.
  return exitCode === 0 ? stdout.trim() : "unknown";
}

async function readHolder(path: string): Promise<Holder | null> {
  try {
    const value: unknown = JSON.parse(await readFile(path, "utf8"));
    const holder = value as Partial<Holder>;
    return typeof holder.pid === "number" && typeof holder.startedAt === "string" ? (holder as Holder) : null;
  } catch {
    return null;
  }
}

const guardPatienceMs = 20_000;

/**
 * Only one process at a time judges a lock and takes it over: between looking at a stale one and removing it, somebody else's fresh one
 * may have come. SQLite's lock on a file is the system's own and ends with the process, however that dies.
 */
async function withGuard<T>(path: string, work: () => Promise<T>): Promise<T> {
  await writeFile(path, "", { flag: "a", mode: 0o600 });
  const guard = new DatabaseSync(path);
  const endMs = performance.now() + guardPatienceMs;
  try {
    for (;;) {
      try {
        guard.exec("begin exclusive");
        break;
      } catch (error) {
        const isBusy = (error as { errcode?: number }).errcode === 5;
        if (!isBusy || performance.now() > endMs) throw error;
      }
      await delay(10);
    }
    return await work();
  } finally {
    guard.close();
  }
}

/**
 * Makes this process the only supervisor of a data directory until the returned function is called. A lock of a process that is
 * gone is taken over. Throws `StartError` naming the process that holds it.
 */
export async function takeInstanceLock(path: string, dataDir: string): Promise<() => Promise<void>> {
  const own: Holder = { pid: process.pid, startedAt: (await startOf(process.pid)) ?? "unknown" };
  return withGuard(`${path}.guard`, async () => {
    const holder = await readHolder(path);
    const started = holder === null ? null : await startOf(holder.pid);
    if (holder !== null && started !== null && (started === holder.startedAt || started === "unknown")) {
      throw new StartError(
        `Lifeboat already runs on ${dataDir} (process ${holder.pid}). Stop it first, or set another LIFEBOAT_DATA_DIR, BACKUP_DIR and PORT.`,
      );
    }
    // Written beside and renamed, so that nobody ever reads half of it.
    const draft = `${path}.${process.pid}`;
    await writeFile(draft, JSON.stringify(own), { mode: 0o600 });
    await rename(draft, path);
    return async () => {
      const present = await readHolder(path);
      if (present?.pid === own.pid) await rm(path, { force: true });
    };
  });
}

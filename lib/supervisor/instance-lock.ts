import { link, readFile, rm, writeFile } from "node:fs/promises";
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

/**
 * Makes this process the only supervisor of a data directory until the returned function is called. A lock of a process that is
 * gone is taken over. Throws `StartError` naming the process that holds it.
 */
export async function takeInstanceLock(path: string, dataDir: string): Promise<() => Promise<void>> {
  const own: Holder = { pid: process.pid, startedAt: (await startOf(process.pid)) ?? "unknown" };
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, JSON.stringify(own), { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      try {
        await link(draft, path);
        return async () => {
          const holder = await readHolder(path);
          if (holder?.pid === own.pid) await rm(path, { force: true });
        };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const holder = await readHolder(path);
      if (holder !== null) {
        const started = await startOf(holder.pid);
        if (started !== null && (started === holder.startedAt || started === "unknown")) {
          throw new StartError(
            `Lifeboat already runs on ${dataDir} (process ${holder.pid}). Stop it first, or set another LIFEBOAT_DATA_DIR, BACKUP_DIR and PORT.`,
          );
        }
      }
      await rm(path, { force: true });
    }
    throw new StartError(`${path} cannot be taken: other starts keep taking it. Try again.`);
  } finally {
    await rm(draft, { force: true });
  }
}

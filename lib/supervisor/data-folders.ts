import { chmodSync, constants, mkdirSync } from "node:fs";
import { access, stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { OsUser } from "#lib/clusters/os-user";
import type { Env } from "#lib/env/env";
import { StartError } from "./start-error.ts";

const neededBytes = 300 * 1024 * 1024;

/** Folders and files inside the data directory. */
export function dataPaths(dataDir: string) {
  return {
    catalogue: join(dataDir, "catalogue"),
    sample: join(dataDir, "sample"),
    lockOf: (only: "web" | "worker" | null) => join(dataDir, only === null ? "lifeboat.lock" : `lifeboat-${only}.lock`),
    logs: join(dataDir, "logs"),
    passwordOf: (cluster: string) => join(dataDir, `${cluster}.password`),
  };
}

/** Makes a folder with exactly this mode; one that was there already keeps its own: it may be shared on purpose. */
function makeFolder(path: string, mode: number, variable: string): void {
  try {
    if (mkdirSync(path, { recursive: true }) !== undefined) chmodSync(path, mode);
  } catch (error) {
    throw new StartError(`${path} cannot be made (${(error as NodeJS.ErrnoException).code}). Choose another folder with ${variable}.`);
  }
}

/**
 * Makes the data directory and its folder for logs. As root the directory is 0711, so that the account of PostgreSQL can reach its own
 * folder in it and read nothing else. Throws `StartError`.
 */
export function makeDataFolder(dataDir: string, isRoot = process.getuid?.() === 0): void {
  makeFolder(dataDir, isRoot ? 0o711 : 0o700, "LIFEBOAT_DATA_DIR");
  makeFolder(dataPaths(dataDir).logs, 0o700, "LIFEBOAT_DATA_DIR");
}

/** Makes the other folders of an installation and checks that there is room to start. Throws `StartError`. */
export async function prepareFolders(env: Env, clusterUser: OsUser | null): Promise<void> {
  makeFolder(env.tempDir, 0o700, "LIFEBOAT_TEMP_DIR");
  makeFolder(env.backupDir, 0o700, "BACKUP_DIR");
  for (const [path, variable] of [
    [env.dataDir, "LIFEBOAT_DATA_DIR"],
    [env.tempDir, "LIFEBOAT_TEMP_DIR"],
    [env.backupDir, "BACKUP_DIR"],
  ] as const) {
    await checkWritable(path, variable);
  }
  if (clusterUser !== null && env.databaseUrl === null) await checkReachable(env.dataDir, clusterUser);
  await checkRoom(env.dataDir, "LIFEBOAT_DATA_DIR");
  await checkRoom(env.backupDir, "BACKUP_DIR");
}

async function checkWritable(path: string, variable: string): Promise<void> {
  try {
    await access(path, constants.W_OK | constants.X_OK);
  } catch {
    throw new StartError(`${path} cannot be written by this account. Correct its owner, or choose another folder with ${variable}.`);
  }
}

/** PostgreSQL runs as another account than root: every folder above its data must let that account pass. */
async function checkReachable(folder: string, user: OsUser): Promise<void> {
  for (let at = folder; ; at = dirname(at)) {
    const { uid, gid, mode } = await stat(at);
    const passes = uid === user.uid ? mode & 0o100 : gid === user.gid ? mode & 0o010 : mode & 0o001;
    if (passes === 0) {
      throw new StartError(
        `PostgreSQL runs as "${user.name}", which cannot enter ${at}. Choose another LIFEBOAT_DATA_DIR, for example /var/lib/lifeboat, or type: chmod o+x ${at}`,
      );
    }
    if (at === dirname(at)) return;
  }
}

async function checkRoom(path: string, variable: string): Promise<void> {
  const { bavail, bsize } = await statfs(path);
  const freeBytes = bavail * bsize;
  if (freeBytes >= neededBytes) return;
  const shown = (bytes: number) => `${Math.floor(bytes / 1024 / 1024)} MiB`;
  throw new StartError(
    `${path} has ${shown(freeBytes)} free; starting needs ${shown(neededBytes)}. Free some space, or choose another folder with ${variable}.`,
  );
}

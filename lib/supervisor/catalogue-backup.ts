import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import postgres from "postgres";
import { findServerBinaries } from "#lib/clusters/server-binaries";
import { runTool } from "#lib/exec/run-tool";
import type { Logger } from "#lib/log/log";
import { connectionEnvironment } from "./connection-environment.ts";

const kept = 7;
const dayMs = 24 * 3_600_000;
/** Machines are off for weeks; a longer gap is rather a clock. */
const longestGapMs = 60 * dayMs;
const dumpMinutes = 30;
const pattern = /^catalogue_\d{8}T\d{6}Z\.dump$/;

export type CatalogueBackupOptions = { url: string; backupDir: string; pgBinPath: readonly string[]; logger: Logger };

/** Lifeboat's own backups lie apart from those it makes for others; stock `pg_restore` restores them. */
export function catalogueBackupFolder(backupDir: string): string {
  return join(backupDir, ".catalogue");
}

/** True when there is no backup of the catalogue that is younger than a day. One from the future, left by a wrong clock, is none. */
export async function catalogueBackupIsDue(backupDir: string, now: Date): Promise<boolean> {
  for (const path of await listBackups(backupDir)) {
    const ageMs = now.getTime() - (await stat(path)).mtimeMs;
    if (ageMs >= 0 && ageMs < dayMs) return false;
  }
  return true;
}

/**
 * What may go: all but the newest seven of those that are not from the future. After a gap that no daily backup leaves the clock may
 * have jumped: then nothing goes until backups follow each other again.
 */
function removable(paths: readonly string[], now: Date): string[] {
  const past = paths.filter((path) => stampOf(path) <= now.getTime());
  const previous = past.at(-2);
  if (previous !== undefined && now.getTime() - stampOf(previous) > longestGapMs) return [];
  return past.slice(0, -kept);
}

/** The time that stands in a backup's name, in milliseconds. */
function stampOf(path: string): number {
  const [, date = "", time = ""] = /_(\d{8})T(\d{6})Z\.dump$/.exec(path) ?? [];
  const parts = [date.slice(0, 4), date.slice(4, 6), date.slice(6), time.slice(0, 2), time.slice(2, 4), time.slice(4)].map(Number);
  const [year = 0, month = 1, day = 1, hours = 0, minutes = 0, seconds = 0] = parts;
  return Date.UTC(year, month - 1, day, hours, minutes, seconds);
}

/**
 * Dumps the catalogue into its folder, with a checksum beside it, and keeps the newest seven. The file appears synced and complete, or not at all.
 * Throws with what `pg_dump` said.
 */
export async function backUpCatalogue(options: CatalogueBackupOptions, now: Date): Promise<string> {
  const folder = catalogueBackupFolder(options.backupDir);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, "");
  const path = join(folder, `catalogue_${stamp}.dump`);
  const draft = `${path}.part`;
  try {
    const { exitCode, signal, stderr } = await runTool({
      file: join(await findDumpFolder(options), "pg_dump"),
      args: ["--format=custom", "--schema=lifeboat", "--schema=drizzle", "--lock-wait-timeout=60s", `--file=${draft}`],
      env: connectionEnvironment(options.url),
      cwd: "/",
      timeoutMs: dumpMinutes * 60_000,
    });
    if (exitCode !== 0) throw new Error(`pg_dump of the catalogue ended with ${exitCode ?? signal}: ${stderr.trim()}`);
    await syncFile(draft);
    await writeChecksum(path, draft);
    await rename(draft, path);
    await syncFile(folder);
  } finally {
    await rm(draft, { force: true });
  }
  for (const old of removable(await listBackups(options.backupDir), now)) {
    await rm(old);
    await rm(checksumOf(old), { force: true });
  }
  options.logger.info("backed up the catalogue", { path, bytes: (await stat(path)).size });
  return path;
}

const checksumOf = (path: string) => `${path}.sha256`;

/** Writes `<path>.sha256` as `sha256sum` would, so that stock tools check it. `from`: where the file still lies. */
export async function writeChecksum(path: string, from = path): Promise<void> {
  await writeFile(checksumOf(path), checksumLine(path, await hashFile(from)), { mode: 0o600, flush: true });
}

/** Says whether a backup of the catalogue is as it was written; `unknown` for one without a checksum beside it. */
export async function checkCatalogueBackup(path: string): Promise<"whole" | "damaged" | "unknown"> {
  const told = await readFile(checksumOf(path), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (told === null) return "unknown";
  return told === checksumLine(path, await hashFile(path)) ? "whole" : "damaged";
}

function checksumLine(path: string, sha256: string): string {
  return `${sha256}  ${basename(path)}\n`;
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const bytes of createReadStream(path)) hash.update(bytes as Uint8Array);
  return hash.digest("hex");
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    if ((await handle.stat()).isFile()) await handle.chmod(0o600);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function listBackups(backupDir: string): Promise<string[]> {
  const folder = catalogueBackupFolder(backupDir);
  try {
    const names = await readdir(folder);
    return names
      .filter((name) => pattern.test(name))
      .sort()
      .map((name) => join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** A pg_dump as new as the catalogue's server, the nearest such; pg_dump refuses a newer server itself. */
async function findDumpFolder({ url, pgBinPath }: CatalogueBackupOptions): Promise<string> {
  const sql = postgres(url, { max: 1, connect_timeout: 10, onnotice: () => undefined });
  try {
    const [row] = await sql`select current_setting('server_version_num')::int / 10000 as major`;
    const major = Number(row?.["major"]);
    const fitting = (await findServerBinaries(pgBinPath)).filter((binaries) => binaries.major >= major);
    const nearest = fitting.find((binaries) => binaries.major === fitting.at(-1)?.major);
    if (nearest === undefined) throw new Error(`no pg_dump of version ${major} or newer was found to back up the catalogue`);
    return nearest.binDir;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import postgres from "postgres";
import { findServerBinaries } from "#lib/clusters/server-binaries";
import { runTool } from "#lib/exec/run-tool";
import type { Logger } from "#lib/log/log";
import { connectionEnvironment } from "./connection-environment.ts";

const kept = 7;
const dayMs = 24 * 3_600_000;
const dumpMinutes = 30;
const pattern = /^catalogue_\d{8}T\d{6}Z\.dump$/;

export type CatalogueBackupOptions = { url: string; backupDir: string; pgBinPath: readonly string[]; logger: Logger };

/** Lifeboat's own backups lie apart from those it makes for others; stock `pg_restore` restores them. */
export function catalogueBackupFolder(backupDir: string): string {
  return join(backupDir, ".catalogue");
}

/** True when there is no backup of the catalogue that is younger than a day. */
export async function catalogueBackupIsDue(backupDir: string, now: Date): Promise<boolean> {
  const newest = (await listBackups(backupDir)).at(-1);
  return newest === undefined || now.getTime() - (await stat(newest)).mtimeMs >= dayMs;
}

/**
 * Dumps the catalogue into its folder and keeps the newest seven. The file appears synced and complete, or not at all.
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
    await rename(draft, path);
    await syncFile(folder);
  } finally {
    await rm(draft, { force: true });
  }
  for (const old of (await listBackups(options.backupDir)).slice(0, -kept)) await rm(old);
  options.logger.info("backed up the catalogue", { path, bytes: (await stat(path)).size });
  return path;
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

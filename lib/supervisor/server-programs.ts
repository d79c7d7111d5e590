import { existsSync } from "node:fs";
import { mkdir, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { findServerBinaries, type ServerBinaries } from "#lib/clusters/server-binaries";
import { LifeboatError } from "#lib/domain/error";
import { runTool } from "#lib/exec/run-tool";
import type { Logger } from "#lib/log/log";
import { StartError } from "./start-error.ts";

const oldestMajor = 14;
const dropIn = "/etc/postgresql-common/createcluster.d/lifeboat.conf";
const installMinutes = 15;

/** The command that a person would type on this machine. */
export function installCommand(has: (path: string) => boolean = existsSync): string {
  if (has("/usr/bin/apt-get")) return "sudo apt-get update && sudo apt-get install -y --no-install-recommends postgresql";
  if (has("/usr/bin/dnf")) return "sudo dnf install -y postgresql-server postgresql";
  if (has("/sbin/apk")) return "sudo apk add postgresql postgresql-client";
  if (has("/opt/homebrew/bin/brew") || has("/usr/local/bin/brew")) return "brew install postgresql@17";
  return "install PostgreSQL 14 or newer with your system's package tool, then name its programs' folder in PG_BIN_PATH";
}

/**
 * The PostgreSQL server programs to run private clusters with: of `major` when a data directory asks for it, else the newest.
 * Installs the distribution's package when there are none and this is root with apt. Throws `StartError` with the command to type.
 */
export async function ensureServerPrograms(
  options: { pgBinPath: readonly string[]; major: number | null; logger: Logger; say: (line: string) => void; signal: AbortSignal },
  isRoot = process.getuid?.() === 0,
): Promise<ServerBinaries> {
  const found = pick(await findServerBinaries(options.pgBinPath), options.major);
  if (found !== null) return found;
  const wanted = options.major === null ? `PostgreSQL ${oldestMajor} or newer` : `PostgreSQL ${options.major}, which made the catalogue,`;
  const cure = `${wanted} is not on this machine. Type this, then start again:\n  ${installCommand()}`;
  if (!isRoot || !existsSync("/usr/bin/apt-get") || options.major !== null) throw new StartError(cure);
  options.say("Installing PostgreSQL from the distribution (no cluster of its own is made) …");
  await install(options);
  const installed = pick(await findServerBinaries(options.pgBinPath), null);
  if (installed === null) throw new StartError(cure);
  return installed;
}

function pick(all: ServerBinaries[], major: number | null): ServerBinaries | null {
  if (major !== null) return all.find((binaries) => binaries.major === major) ?? null;
  return all.find((binaries) => binaries.major >= oldestMajor) ?? null;
}

/**
 * Debian's package makes and starts a cluster unless `create_main_cluster` is off. A drop-in says so for the time of the install
 * and is taken away again, so that the machine's own configuration stays as it was.
 */
async function install(options: { logger: Logger; signal: AbortSignal }): Promise<void> {
  const folder = dirname(dropIn);
  const folderExisted = existsSync(folder);
  await mkdir(folder, { recursive: true });
  await writeFile(dropIn, "create_main_cluster = false\n");
  try {
    // The lists of a fresh machine are empty; an update that fails may still leave usable older ones.
    await apt(["update", "-q"], options);
    const result = await apt(["install", "-y", "-q", "--no-install-recommends", "postgresql"], options);
    if (result.exitCode !== 0) {
      const said = result.stderr.trim().split("\n").slice(-5).join("\n");
      throw new StartError(`apt-get could not install PostgreSQL:\n${said}\nType this, then start again:\n  ${installCommand()}`);
    }
  } finally {
    await rm(dropIn, { force: true });
    if (!folderExisted && existsSync(folder)) await rmdir(folder).catch(keepFilled);
  }
}

/** The package put files of its own into the folder meanwhile: it stays. */
function keepFilled(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOTEMPTY") throw error;
}

async function apt(args: string[], options: { logger: Logger; signal: AbortSignal }) {
  try {
    return await runTool({
      file: "/usr/bin/apt-get",
      args,
      env: { DEBIAN_FRONTEND: "noninteractive", HOME: "/root" },
      timeoutMs: installMinutes * 60_000,
      signal: options.signal,
      onLine: (_stream, line) => options.logger.debug("apt-get", { line }),
    });
  } catch (error) {
    if (error instanceof LifeboatError) throw new StartError(`apt-get could not be started: ${error.message}`);
    throw error;
  }
}

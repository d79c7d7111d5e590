import { access, constants, readdir, realpath } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { inheritedEnvironment } from "#lib/env/inherited";
import { runTool } from "#lib/exec/run-tool";
import { installCommand, safetyOf, wantedTools, type Installer, type ToolSet } from "./tool-choice.ts";

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function childFolders(parent: string, pattern: RegExp, below: string): Promise<string[]> {
  try {
    const names = await readdir(parent);
    return names.filter((name) => pattern.test(name)).map((name) => join(parent, name, below));
  } catch {
    return [];
  }
}

/** Folders that may hold PostgreSQL programs, the configured ones first, each once. */
async function candidateFolders(pgBinPath: readonly string[]): Promise<string[]> {
  const found = await Promise.all([
    childFolders("/usr/lib/postgresql", /^\d+$/, "bin"),
    childFolders("/usr", /^pgsql-\d+$/, "bin"),
    childFolders("/opt/homebrew/opt", /^(postgresql|libpq)(@\d+)?$/, "bin"),
    childFolders("/usr/local/opt", /^(postgresql|libpq)(@\d+)?$/, "bin"),
  ]);
  const { PATH = "" } = inheritedEnvironment();
  const path = PATH.split(delimiter).filter((folder) => folder.startsWith("/"));
  return [...new Set([...pgBinPath, ...found.flat(), ...path])];
}

/** `15.20` out of `pg_dump (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)`; null when it does not answer like PostgreSQL's own. */
export function parseToolVersion(output: string): string | null {
  return /\(PostgreSQL\) (\d+(?:\.\d+|\w+)?)/.exec(output)?.[1] ?? null;
}

async function readToolSet(folder: string, installer: Installer): Promise<ToolSet | null> {
  const present = await Promise.all(wantedTools.map((tool) => isExecutable(join(folder, tool))));
  const tools = wantedTools.filter((_, index) => present[index]);
  const [first] = tools;
  if (first === undefined || !(tools.includes("pg_dump") || tools.includes("pg_restore"))) return null;
  // Debian's wrappers in /usr/bin choose a version by themselves: the real folders are found anyway.
  if ((await realpath(join(folder, first))).endsWith("/pg_wrapper")) return null;
  const result = await runTool({ file: join(folder, first), args: ["--version"], timeoutMs: 10_000, rawStdout: true });
  const version = result.exitCode === 0 ? parseToolVersion(result.stdout) : null;
  if (version === null) return null;
  const major = Number.parseInt(version, 10);
  const missing = wantedTools.filter((_, index) => !present[index]);
  const hasServer = (await isExecutable(join(folder, "postgres"))) && (await isExecutable(join(folder, "initdb")));
  const safety = safetyOf(version);
  const cure = missing.length > 0 || safety.belowSafeMinimum ? installCommand(installer, major) : null;
  return { major, version, path: folder, tools: [...tools], missing: [...missing], hasServer, ...safety, cure };
}

/** Which package manager this machine has. */
export async function findInstaller(): Promise<Installer> {
  if (process.platform === "darwin") return "brew";
  if (await isExecutable("/usr/bin/apt-get")) return "apt";
  return (await isExecutable("/usr/bin/dnf")) ? "dnf" : null;
}

/** Finds every installed set of PostgreSQL client tools; the configured folders come first among equals. */
export async function discoverToolSets(pgBinPath: readonly string[]): Promise<ToolSet[]> {
  return await toolSetsIn(await candidateFolders(pgBinPath));
}

/** The sets of client tools in these folders, each asked for its version; newest first. Broken ones are left out. */
export async function toolSetsIn(folders: readonly string[]): Promise<ToolSet[]> {
  const installer = await findInstaller();
  const sets: ToolSet[] = [];
  const seen = new Set<string>();
  for (const folder of folders) {
    try {
      const real = await realpath(folder);
      if (seen.has(real)) continue;
      seen.add(real);
      const set = await readToolSet(folder, installer);
      if (set !== null) sets.push(set);
    } catch {
      // A folder that is not there or a program that does not start is no tool set.
    }
  }
  return sets.toSorted((a, b) => b.major - a.major || b.version.localeCompare(a.version, "en", { numeric: true }));
}

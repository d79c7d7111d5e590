import { existsSync } from "node:fs";
import { readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { inheritedEnvironment } from "#lib/env/inherited";
import { runTool } from "#lib/exec/run-tool";

/** One installed PostgreSQL server. */
export type ServerBinaries = { major: number; version: string; binDir: string };

const programs = ["postgres", "initdb", "pg_ctl", "psql"];
const patterns: [string, RegExp, string][] = [
  ["/usr/lib/postgresql", /^\d+$/, "bin"],
  ["/usr", /^pgsql-\d+$/, "bin"],
  ["/opt/homebrew/opt", /^postgresql@\d+$/, "bin"],
  ["/usr/local/opt", /^postgresql@\d+$/, "bin"],
  ["/Applications/Postgres.app/Contents/Versions", /^\d+$/, "bin"],
];

/** Every PostgreSQL server on the machine, newest first: `PG_BIN_PATH`, the distributions' folders, Homebrew, `PATH`. */
export async function findServerBinaries(pgBinPath: readonly string[]): Promise<ServerBinaries[]> {
  const candidates = [...pgBinPath];
  for (const [parent, name, inner] of patterns) {
    const entries = existsSync(parent) ? await readdir(parent) : [];
    candidates.push(...entries.filter((entry) => name.test(entry)).map((entry) => join(parent, entry, inner)));
  }
  candidates.push(...(inheritedEnvironment()["PATH"] ?? "").split(":").filter((folder) => folder.startsWith("/")));
  const found = new Map<string, ServerBinaries>();
  for (const candidate of candidates) {
    if (!programs.every((program) => existsSync(join(candidate, program)))) continue;
    const binDir = await realpath(candidate);
    if (found.has(binDir)) continue;
    const { stdout } = await runTool({ file: join(binDir, "postgres"), args: ["--version"], cwd: "/", timeoutMs: 20_000 });
    const version = /(\d+)(?:\.\d+|devel|beta\d+|rc\d+)?/.exec(stdout)?.[0];
    if (version !== undefined) found.set(binDir, { major: Number.parseInt(version, 10), version, binDir });
  }
  return [...found.values()].sort((a, b) => b.major - a.major);
}

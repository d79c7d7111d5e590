import { LifeboatError } from "#lib/domain/error";
import { chooseToolSet, newestToolSet } from "#lib/domain/tool-choice";

/** One installed set of PostgreSQL programs, as the page of tools shows it. */
export type ToolSet = {
  readonly major: number;
  readonly version: string;
  readonly path: string;
  readonly tools: string[];
  readonly missing: string[];
  readonly hasServer: boolean;
  readonly safeMinimum: string | null;
  readonly belowSafeMinimum: boolean;
  readonly cure: string | null;
};

export const wantedTools = ["pg_dump", "pg_restore", "pg_dumpall", "psql", "pg_basebackup"] as const;

/** Below these minors an archive can run code on the machine that restores it (release notes of PostgreSQL). */
const safeMinors: Readonly<Record<number, number>> = { 18: 7, 17: 12, 16: 16, 15: 20, 14: 25 };

export type Installer = "apt" | "dnf" | "brew" | null;

/** The command that installs or updates the client tools of a major version; null where none is known. */
export function installCommand(installer: Installer, major: number): string | null {
  if (installer === "apt") return `sudo apt-get install postgresql-client-${major}`;
  if (installer === "dnf") return `sudo dnf install postgresql${major}`;
  return installer === "brew" ? `brew install postgresql@${major}` : null;
}

/** What is known about the safety of a version such as `15.20` or `18beta1`. */
export function safetyOf(version: string): { safeMinimum: string | null; belowSafeMinimum: boolean } {
  const [major = 0, minor = -1] = (/^(\d+)(?:\.(\d+))?/.exec(version) ?? []).slice(1).map((part) => Number(part ?? -1));
  const safeMinor = safeMinors[major];
  if (safeMinor === undefined) return { safeMinimum: null, belowSafeMinimum: major < 14 };
  return { safeMinimum: `${major}.${safeMinor}`, belowSafeMinimum: minor < safeMinor };
}

/** What a run says of tools with known holes: one line, or none. */
export function safetyNote({ version, safeMinimum, belowSafeMinimum, cure }: ToolSet): string[] {
  if (!belowSafeMinimum) return [];
  const wanted = safeMinimum === null ? "no safe version of this major is known" : `${safeMinimum} is the safe minimum`;
  return [`the PostgreSQL tools ${version} have known holes: ${wanted}${cure === null ? "" : ` (${cure})`}`];
}

/**
 * Chooses the tools for a server: the set of its own major version, else the nearest newer one, never an older one; of several
 * sets of one major the newest. Throws `tool-missing` when there is none at all, `tool-too-old` when all are older.
 */
export function pickToolSet(
  toolSets: readonly ToolSet[],
  serverMajor: number,
  needed: readonly string[],
  installer: Installer = null,
): ToolSet {
  const tool = needed[0] ?? "pg_dump";
  const best = chooseToolSet(serverMajor, toolSets, needed);
  if (best !== null) return best;
  const install = installCommand(installer, serverMajor) ?? "none";
  const newest = newestToolSet(toolSets, needed);
  if (newest === null) throw new LifeboatError("tool-missing", { tool, major: String(serverMajor), install });
  throw new LifeboatError("tool-too-old", { tool, found: newest.version, needed: String(serverMajor), install });
}

/** One installed set of client tools, as a worker reported it. */
export type InstalledTools = { readonly major: number; readonly version: string; readonly path: string; readonly tools: readonly string[] };

/** What backing up and restoring take together. */
const bothTools = ["pg_dump", "pg_restore"] as const;

/** The major of a version as PostgreSQL tells it (`15.20`, `17rc1`); null for anything else. */
export function majorOf(serverVersion: string | null): number | null {
  const match = /^(\d+)/.exec(serverVersion ?? "");
  return match === null ? null : Number(match[1]);
}

function hasTools(set: InstalledTools, needed: readonly string[]): boolean {
  return needed.every((tool) => set.tools.includes(tool));
}

/** Compares `15.20` with `15.9` by their numbers. */
export function compareVersions(left: string, right: string): number {
  const numbers = (version: string) => version.split(".").map((part) => Number.parseInt(part, 10) || 0);
  const [a, b] = [numbers(left), numbers(right)];
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The set for a server: its own major, else the nearest newer one, never an older one; of equal majors the newest minor. */
export function chooseToolSet<T extends InstalledTools>(
  serverMajor: number,
  installed: readonly T[],
  needed: readonly string[] = bothTools,
): T | null {
  const fitting = installed.filter((set) => hasTools(set, needed) && set.major >= serverMajor);
  return fitting.toSorted((left, right) => left.major - right.major || compareVersions(right.version, left.version))[0] ?? null;
}

/** The newest set that has the tools, for saying what was found when none fits. */
export function newestToolSet<T extends InstalledTools>(installed: readonly T[], needed: readonly string[] = bothTools): T | null {
  const complete = installed.filter((set) => hasTools(set, needed));
  return complete.toSorted((left, right) => compareVersions(right.version, left.version))[0] ?? null;
}

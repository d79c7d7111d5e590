import { findServerBinaries, type ServerBinaries } from "#lib/clusters/server-binaries";

/** The first one with `pg_read_all_data`, which whoever looks at a copy is. */
const oldestMajor = 14;

/** The server that a sandbox for a source of this major version is: of its own major where there is one, else of the next newer one. Null: there is none. */
export async function chooseSandboxBinaries(pgBinPath: readonly string[], major: number): Promise<ServerBinaries | null> {
  const enough = (await findServerBinaries(pgBinPath)).filter((each) => each.major >= Math.max(major, oldestMajor));
  const [lowest] = enough.sort((a, b) => a.major - b.major || newerFirst(a.version, b.version));
  return lowest ?? null;
}

const newerFirst = (a: string, b: string) => Number(b.split(".")[1] ?? 0) - Number(a.split(".")[1] ?? 0);

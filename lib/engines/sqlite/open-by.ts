import { readdir, readFile, stat } from "node:fs/promises";
import { sqliteSiblings } from "#lib/domain/file-path";
import { identityOf } from "./database-file.ts";

/** The low bits of a descriptor's flags; 0 is read-only. */
const accessMode = 3;

/**
 * How many processes of this host have the file, or what SQLite keeps beside it, open for writing: told by device and inode of every
 * descriptor under `/proc`, whatever name it was opened by. Null where that cannot be known: another system than Linux, or other users'
 * processes that may not be looked at (and none found). Processes of other containers are not seen; SQLite's locks still are.
 */
export async function countWriters(path: string): Promise<number | null> {
  if (process.platform !== "linux") return null;
  const wanted = await identities(path);
  if (wanted.size === 0) return 0;
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const found = await Promise.all(pids.map((pid) => writes(pid, wanted)));
  const writers = found.filter((each) => each === true).length;
  return writers === 0 && found.includes(null) ? null : writers;
}

async function identities(path: string): Promise<Set<string>> {
  const all = ["", ...sqliteSiblings].map((suffix) => stat(`${path}${suffix}`, { bigint: true }).catch(() => null));
  return new Set((await Promise.all(all)).filter((facts) => facts !== null).map(identityOf));
}

/** Null: this process may not be looked at. A process that ends meanwhile has nothing open. */
async function writes(pid: string, wanted: ReadonlySet<string>): Promise<boolean | null> {
  let descriptors: string[];
  try {
    descriptors = await readdir(`/proc/${pid}/fd`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "EACCES" || code === "EPERM" ? null : false;
  }
  for (const descriptor of descriptors) {
    const facts = await stat(`/proc/${pid}/fd/${descriptor}`, { bigint: true }).catch(() => null);
    if (facts === null || !wanted.has(identityOf(facts))) continue;
    const info = await readFile(`/proc/${pid}/fdinfo/${descriptor}`, "latin1").catch(() => "");
    const flags = Number.parseInt(/^flags:\s*([0-7]+)/m.exec(info)?.[1] ?? "0", 8);
    if ((flags & accessMode) !== 0) return true;
  }
  return false;
}

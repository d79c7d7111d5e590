import { readFile } from "node:fs/promises";
import type { Logger } from "#lib/log/log";
import { runTool } from "#lib/exec/run-tool";

/** Numeric ids of an account of the operating system. */
export type OsUser = { name: string; uid: number; gid: number };

/** Ids out of the text of `/etc/passwd`. */
export function parsePasswd(text: string, name: string): OsUser | null {
  for (const line of text.split("\n")) {
    const [account, , uid, gid] = line.split(":");
    if (account === name && uid !== undefined && gid !== undefined) return { name, uid: Number(uid), gid: Number(gid) };
  }
  return null;
}

/** An account by its name; null when there is none. */
export async function lookUpUser(name: string): Promise<OsUser | null> {
  try {
    const found = parsePasswd(await readFile("/etc/passwd", "utf8"), name);
    if (found !== null) return found;
  } catch {
    // No such file: accounts live in a directory service, which `id` asks below.
  }
  const read = async (flag: string) => (await runTool({ file: "id", args: [flag, name], timeoutMs: 10_000 })).stdout.trim();
  const [uid, gid] = [await read("-u"), await read("-g")];
  return /^\d+$/.test(uid) && /^\d+$/.test(gid) ? { name, uid: Number(uid), gid: Number(gid) } : null;
}

/**
 * The account that private clusters run as: null (the own one) for an ordinary user; for root, which PostgreSQL refuses,
 * `lifeboat` where it exists, else `postgres`. Throws when root has neither.
 */
export async function findClusterUser(logger: Logger, isRoot = process.getuid?.() === 0): Promise<OsUser | null> {
  if (!isRoot) return null;
  for (const name of ["lifeboat", "postgres"]) {
    const user = await lookUpUser(name);
    if (user !== null && user.uid !== 0) {
      logger.debug("private clusters run as another account", { account: name });
      return user;
    }
  }
  throw new Error(
    'PostgreSQL does not run as root, and there is no account "lifeboat" or "postgres"; make one with: useradd --system lifeboat',
  );
}

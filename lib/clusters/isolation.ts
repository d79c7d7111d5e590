import { readFile } from "node:fs/promises";
import { runTool } from "#lib/exec/run-tool";
import type { OsUser } from "./os-user.ts";

/** How a sandbox's server is started. */
export type Isolation = {
  /** Stands before the server's own words; empty: it is started as it is. */
  readonly prefix: readonly string[];
  /** No network, no view of other processes; and whatever it starts ends with it. */
  readonly isIsolated: boolean;
};

/**
 * Namespaces of a sandbox: no network at all, its own process ids and its own /proc. The second `unshare` stays as their first process,
 * with our rights: when it or the outer one ends, the kernel kills every process inside, whatever those did to hide.
 */
const outer = ["--net", "--pid", "--ipc", "--mount-proc", "--fork", "--kill-child=SIGKILL", "--", "unshare", "--fork"];

function candidate(user: OsUser | null): string[] {
  if (user !== null) return ["unshare", ...outer, "--setgid", String(user.gid), "--setuid", String(user.uid), "--"];
  return ["unshare", "--user", "--map-current-user", ...outer, "--"];
}

/** How to start a server as `user` (null: the own account), apart from everything else where the system lets us. */
export async function findIsolation(user: OsUser | null): Promise<Isolation> {
  const [file = "", ...args] = candidate(user);
  const tried = await runTool({ file, args: [...args, "true"], cwd: "/", timeoutMs: 10_000 }).catch(() => null);
  return tried?.exitCode === 0 ? { prefix: [file, ...args], isIsolated: true } : { prefix: [], isIsolated: false };
}

/** Sockets of other programs lie there; a server needs none of them. */
const hidden = ["/run"];

/**
 * Hides the folders of other programs' sockets from a sandbox that runs: only the namespace of its mounts changes. Needs root. `pid` is the outer
 * process.
 * False where that cannot be done.
 */
export async function hideSockets(pid: number): Promise<boolean> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  const inside = /^\d+/.exec(children)?.[0];
  if (inside === undefined) return false;
  const enter = ["--target", inside, "--mount", "--"];
  for (const folder of hidden) {
    const args = [...enter, "mount", "-t", "tmpfs", "-o", "ro,size=4k,mode=0755", "tmpfs", folder];
    const result = await runTool({ file: "nsenter", args, cwd: "/", timeoutMs: 10_000 }).catch(() => null);
    if (result?.exitCode !== 0) return false;
  }
  return true;
}

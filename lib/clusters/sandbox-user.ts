import { runTool } from "#lib/exec/run-tool";
import { lookUpUser, type OsUser } from "./os-user.ts";

/** Accounts that own nothing of value. `postgres` is not among them: where a server of this machine runs as it, its data is its own. */
const names = ["lifeboat-sandbox", "nobody"];

/** The account that sandboxes run as, or why there is none: only root may start programs as somebody else. */
export async function findSandboxUser(isRoot = process.getuid?.() === 0): Promise<{ user: OsUser } | { why: string }> {
  if (!isRoot) return { why: "Lifeboat does not run as root and cannot start programs as another account" };
  for (const name of names) {
    const user = await lookUpUser(name);
    if (user !== null && user.uid !== 0) return { user };
  }
  return { why: "there is no account lifeboat-sandbox; make one with: useradd --system lifeboat-sandbox" };
}

/** How a program is started in a sandbox. */
export type Confined = { readonly file: string; readonly args: readonly string[]; readonly uid?: number; readonly gid?: number };
export type Confine = (file: string, args: readonly string[]) => Confined;

/**
 * How to start a program as `user`, without any network where the system lets us (`unshare --net`): sockets of the file system still work
 * then. `hasNetwork` says which it is.
 */
export async function findConfinement(user: OsUser): Promise<{ confine: Confine; hasNetwork: boolean }> {
  const unshare = (file: string, args: readonly string[]): Confined => ({
    file: "unshare",
    args: ["--net", "--setgid", String(user.gid), "--setuid", String(user.uid), "--", file, ...args],
  });
  const plain = (file: string, args: readonly string[]): Confined => ({ file, args, uid: user.uid, gid: user.gid });
  const tried = await runTool({ ...unshare("true", []), cwd: "/", timeoutMs: 10_000 }).catch(() => null);
  return tried?.exitCode === 0 ? { confine: unshare, hasNetwork: false } : { confine: plain, hasNetwork: true };
}

import { existsSync } from "node:fs";
import { readdir, readFile, readlink, stat } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { runTool } from "#lib/exec/run-tool";
import type { OsUser } from "./os-user.ts";
import { isAlive } from "./postmaster-pid.ts";

/** A process that cannot be taken for a later one with the same number. `born` is empty where the system does not tell. */
export type ProcessIdentity = { readonly pid: number; readonly born: string };

export type SandboxProcess = { readonly pid: number; readonly uid: number; readonly title: string };

const textOf = (path: string) => readFile(path, "utf8").catch(() => "");

/** Which process has this number now: the boot and the tick at which it began (proc_pid_stat(5), field 22). */
export async function identifyProcess(pid: number): Promise<ProcessIdentity> {
  const line = await textOf(`/proc/${pid}/stat`);
  const ticks = line.slice(line.lastIndexOf(")") + 2).split(" ")[19];
  if (ticks === undefined) return { pid, born: "" };
  return { pid, born: `${(await textOf("/proc/sys/kernel/random/boot_id")).trim()} ${ticks}` };
}

export async function isSameProcess(known: ProcessIdentity): Promise<boolean> {
  return isAlive(known.pid) && (await identifyProcess(known.pid)).born === known.born;
}

/** Processes that work in `folder` or name it in their arguments; those that ended and were not collected are left out. */
export async function findProcessesOf(folder: string): Promise<SandboxProcess[]> {
  if (!existsSync("/proc/self/cmdline")) return await askPs(folder);
  const names = (await readdir("/proc")).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const found = await Promise.all(names.map((name) => lookAt(Number(name), folder)));
  return found.filter((each) => each !== null);
}

async function lookAt(pid: number, folder: string): Promise<SandboxProcess | null> {
  const title = (await textOf(`/proc/${pid}/cmdline`)).replaceAll("\0", " ").trim();
  const place = await readlink(`/proc/${pid}/cwd`).catch(() => "");
  // A folder that was removed below it is shown as "… (deleted)".
  const isIn = place === folder || place.startsWith(`${folder}/`) || place.startsWith(`${folder} `);
  if (!isIn && !title.includes(folder)) return null;
  const facts = await stat(`/proc/${pid}`).catch(() => null);
  return facts === null || !isAlive(pid) ? null : { pid, uid: facts.uid, title: title.slice(0, 200) };
}

/** Where there is no /proc: by the arguments alone. */
async function askPs(folder: string): Promise<SandboxProcess[]> {
  const { stdout } = await runTool({ file: "ps", args: ["-axo", "pid=,uid=,command="], timeoutMs: 10_000 });
  return stdout.split("\n").flatMap((line) => {
    const [, pid, uid, title = ""] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return title.includes(folder) && Number(pid) !== process.pid
      ? [{ pid: Number(pid), uid: Number(uid), title: title.slice(0, 200) }]
      : [];
  });
}

const patienceMs = 15_000;

/**
 * Ends the server of a sandbox and whatever it left, and returns what still lives after 15 seconds. `known` is the process that we started;
 * all others are ended with the rights of their own account, because what they say of themselves may be meant to have something else ended.
 */
export async function endProcesses(
  known: ProcessIdentity | null,
  { folder, user, isIsolated }: { folder: string; user: OsUser | null; isIsolated: boolean },
): Promise<SandboxProcess[]> {
  // A server alone takes its own processes along when it is told to quit; the first process of namespaces takes everything along.
  if (known !== null && (await isSameProcess(known))) signal(known.pid, isIsolated ? "SIGKILL" : "SIGQUIT");
  const begun = performance.now();
  for (;;) {
    const left = await findProcessesOf(folder);
    const elapsedMs = performance.now() - begun;
    if (left.length === 0 || elapsedMs > patienceMs) return left;
    if (elapsedMs > 2_000) {
      if (known !== null && (await isSameProcess(known))) signal(known.pid, "SIGKILL");
      await killAs(left, user);
    }
    await delay(25);
  }
}

/** Our own `unshare` that a killed start did not write down is known by its words: only our account can have given it these. */
const isOurs = ({ uid, title }: SandboxProcess, user: OsUser | null) =>
  uid === process.getuid?.() && (user === null ? /^\S*(postgres|unshare)\b/.test(title) : title.startsWith("unshare --net "));

async function killAs(processes: readonly SandboxProcess[], user: OsUser | null): Promise<void> {
  for (const each of processes) if (isOurs(each, user)) signal(each.pid, "SIGKILL");
  const theirs = processes.filter(({ uid }) => user !== null && uid === user.uid).map(({ pid }) => String(pid));
  if (user === null || theirs.length === 0) return;
  const as = { cwd: "/", uid: user.uid, gid: user.gid, timeoutMs: 10_000 };
  await runTool({ ...as, file: "kill", args: ["-9", ...theirs] }).catch(() => undefined);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

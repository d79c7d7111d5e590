import { readdir, readFile, stat } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { killGroup } from "./process-group.ts";

/** The variable in the environment of programs that were started for a drill; its value is the drill's id. */
export const drillMark = "LIFEBOAT_DRILL";

/** The same for the release check of a gate; its command reads it, too. */
export const gateMark = "LIFEBOAT_GATE_ID";

export type MarkedProcess = { readonly pid: number; readonly title: string };

type Found = MarkedProcess & { readonly group: number };

const patienceMs = 5_000;

/**
 * Ends the groups of all processes that carry `variable=value` from their start, and gives those that still live after 5 seconds. In this process's own
 * group only they themselves are ended.
 */
export async function endMarked(variable: string, value: string): Promise<readonly MarkedProcess[]> {
  const begun = performance.now();
  const ownGroup = (await statOf(process.pid))?.group;
  for (;;) {
    const left = await find(`${variable}=${value}`);
    if (left.length === 0 || performance.now() - begun > patienceMs) return left;
    for (const group of new Set(left.map((each) => each.group))) if (group !== ownGroup) killGroup(group, "SIGKILL");
    for (const { pid, group } of left) if (group === ownGroup) killProcess(pid);
    await delay(25);
  }
}

async function find(mark: string): Promise<Found[]> {
  const names = (await readdir("/proc").catch((): string[] => [])).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const found = await Promise.all(names.map((name) => lookAt(Number(name), mark)));
  return found.filter((each) => each !== null).filter(({ group }) => group > 1);
}

function killProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

/** Other accounts' processes are none that we started: what they say of themselves ends nothing. */
async function lookAt(pid: number, mark: string): Promise<Found | null> {
  const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
  if (!environment.split("\0").includes(mark)) return null;
  const [facts, known, title] = await Promise.all([
    stat(`/proc/${pid}`).catch(() => null),
    statOf(pid),
    readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => ""),
  ]);
  if (facts === null || known === null || known.state === "Z" || facts.uid !== process.getuid?.()) return null;
  return { pid, group: known.group, title: title.replaceAll("\0", " ").trim().slice(0, 200) };
}

/** proc_pid_stat(5): fields 3 and 5, counted after the name, which may hold anything. */
async function statOf(pid: number): Promise<{ state: string; group: number } | null> {
  const line = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const [state, , group] = line.slice(line.lastIndexOf(")") + 2).split(" ");
  return state === undefined || group === undefined ? null : { state, group: Number(group) };
}

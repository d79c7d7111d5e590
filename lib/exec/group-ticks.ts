import { readdir, readFile } from "node:fs/promises";

/**
 * Processor time that a process group has used, in clock ticks; null where the system does not tell (macOS). Two equal answers mean
 * that none of its processes did anything in between.
 */
export async function groupTicks(pid: number): Promise<number | null> {
  let names: string[];
  try {
    names = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  } catch {
    return null;
  }
  const stats = await Promise.all(names.map(async (name) => await readFile(`/proc/${name}/stat`, "utf8").catch(() => "")));
  const found = stats.map(readStat).filter((stat) => stat.group === pid);
  return found.length === 0 ? null : found.reduce((sum, stat) => sum + stat.ticks, 0);
}

/** Fields behind the name, which is in brackets and may hold anything (proc(5)): state, parent, group … utime is the 14th of all. */
function readStat(stat: string): { group: number; ticks: number } {
  const fields = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .map(Number);
  const [, , group = 0] = fields;
  const ticks = fields.slice(11, 15).reduce((sum, value) => sum + value, 0);
  return { group, ticks };
}

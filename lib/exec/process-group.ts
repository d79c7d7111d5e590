const groups = new Set<number>();
let watching = false;

function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** Remembers a group for the end of this process: whatever still lives then is killed, so that no tool outlives its parent. */
export function registerGroup(pid: number): void {
  groups.add(pid);
  if (watching) return;
  watching = true;
  process.on("exit", () => {
    for (const group of groups) signalGroup(group, "SIGKILL");
  });
}

export function forgetGroup(pid: number): void {
  groups.delete(pid);
}

/** True while any process of the group lives, its leader or not. */
export function groupAlive(pid: number): boolean {
  return signalGroup(pid, 0);
}

/** Sends a signal to every process of the group; false when none is left. */
export function killGroup(pid: number, signal: NodeJS.Signals): boolean {
  return signalGroup(pid, signal);
}

import { readFileSync } from "node:fs";

/** Parent of a process, from /proc; null where that does not exist (macOS) or the process is gone. */
function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return null;
  }
}

const shells = new Set(["sh", "dash", "bash", "zsh", "ash", "busybox"]);

function isShell(pid) {
  try {
    return shells.has(readFileSync(`/proc/${pid}/comm`, "utf8").trim());
  } catch {
    return false;
  }
}

/**
 * The processes from us up to npm: npm itself, or the shell that npm put in between and then npm. What is above npm, for example the
 * terminal's shell, may leave without stopping anything.
 */
function lineage() {
  const pids = [process.ppid];
  const above = isShell(process.ppid) ? parentOf(process.ppid) : null;
  if (above !== null && above > 1) pids.push(above);
  return pids;
}

/**
 * Calls back once when npm, which started this script, is gone: npm passes signals on only in some versions, and cannot when it
 * was killed. Does nothing when npm did not start us, so that a service manager or a shell in the background may leave.
 */
export function watchNpm(onGone) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const known = lineage();
  const timer = setInterval(() => {
    const now = lineage();
    if (known.length === now.length && known.every((pid, index) => now[index] === pid)) return;
    clearInterval(timer);
    onGone();
  }, 500);
  timer.unref();
}

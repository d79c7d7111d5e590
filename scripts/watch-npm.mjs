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

/** The processes between us and npm, ourselves first: npm, and the shell that npm may have put in between. */
function lineage() {
  const pids = [process.ppid];
  const above = parentOf(process.ppid);
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
    if (known.every((pid, index) => now[index] === pid)) return;
    clearInterval(timer);
    onGone();
  }, 500);
  timer.unref();
}

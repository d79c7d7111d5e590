import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

/**
 * Loaded before the child: it dies by SIGKILL at the nth change that it would make to the file system, before it or after it. What
 * SQLite itself does in between happens, because these calls are all that is ours. Arguments: n, `before` or `after`.
 */
const [, , at = "0", when = "before"] = process.argv;
let calls = 0;

type Call = (...args: never[]) => unknown;
const names = ["chmodSync", "chownSync", "renameSync", "rmSync", "fsyncSync"] as const;
const watched = fs as unknown as Record<(typeof names)[number], Call>;

for (const name of names) {
  const original = watched[name];
  watched[name] = (...args) => {
    calls += 1;
    const isNow = calls === Number(at);
    if (isNow && when === "before") process.kill(process.pid, "SIGKILL");
    const result = original(...args);
    if (isNow) process.kill(process.pid, "SIGKILL");
    return result;
  };
}
syncBuiltinESMExports();

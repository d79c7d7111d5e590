#!/usr/bin/env node
// The command line, as `npm run lifeboat -- …` and as the program `lifeboat`: starts lib/cli/main.ts with the project's Node 24, in the folder where
// the caller stands. Works on any host Node from 20 on, without dependencies.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findNode24 } from "./find-node24.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const node = findNode24(root);
if (node === null) {
  console.error(`Lifeboat needs Node.js 24.7 or later; run "npm install" first, or install Node.js 24 and try again.`);
  process.exit(1);
}
// npm starts its scripts in the package's folder and says where it was called; another package's script starts us where it stands itself.
const isOurScript = process.env.npm_lifecycle_event === "lifeboat" && process.env.INIT_CWD !== undefined;
const callerDir = isOurScript ? process.env.INIT_CWD : process.cwd();
const child = spawn(node, ["--disable-warning=ExperimentalWarning", join(root, "lib/cli/main.ts"), ...process.argv.slice(2)], {
  stdio: "inherit",
  env: { ...process.env, LIFEBOAT_CALLER_DIR: callerDir },
});
// A terminal sends Ctrl-C to the whole group: the child then has it twice and counts it once.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));

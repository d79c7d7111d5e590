// Runs a command with the project's Node 24 first on PATH: `node scripts/node24.mjs <bin in node_modules/.bin> [args…]`,
// or `node scripts/node24.mjs -- <node args…>` for Node itself. Works on any host Node from 20 on, without dependencies.
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findNode24 } from "./find-node24.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const node = findNode24(root);
if (node === null) {
  console.error(`Lifeboat needs Node.js 24.7 or later; run "npm install" first, or install Node.js 24 and try again.`);
  process.exit(1);
}
const [command, ...rest] = process.argv.slice(2);
const args = command === "--" ? rest : [join(root, "node_modules", ".bin", command), ...rest];
const child = spawn(node, args, {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, PATH: `${dirname(node)}:${process.env.PATH}`, NEXT_TELEMETRY_DISABLED: "1" },
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));

// `npm run up`: starts Lifeboat. Plain JavaScript without dependencies, so that it runs on a fresh clone with any Node from 20 on.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findNode24 } from "./find-node24.mjs";
import { installPackages } from "./install-packages.mjs";
import { watchNpm } from "./watch-npm.mjs";

const usage = `Usage: npm run up [-- --sample]

Starts Lifeboat and keeps it running until Ctrl-C.

  --sample   also start a sample shop database, add it as a source and back it up once
  --help     show this text

Configuration: variables in the environment or in a file .env; .env.example explains each.`;

const root = fileURLToPath(new URL("..", import.meta.url));
const args = process.argv.slice(2);
if (args.includes("--help") || args.includes("-h")) {
  console.log(usage);
  process.exit(0);
}
const unknown = args.filter((argument) => argument !== "--sample");
if (unknown.length > 0) {
  console.error(`Unknown option: ${unknown.join(" ")}\n\n${usage}`);
  process.exit(1);
}
if (Number(process.versions.node.split(".")[0]) < 20) {
  console.error(`Lifeboat starts on Node.js 20 or newer; this is ${process.versions.node}. Install a newer Node.js, then try again.`);
  process.exit(1);
}

let current = null;
let ending = false;
function end(signal) {
  ending = true;
  current?.kill(signal);
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => end(signal));
watchNpm(() => end("SIGTERM"));

const installed = await installPackages(root, (child) => {
  current = child;
});
current = null;
if (!installed || ending) process.exit(1);

const node = findNode24(root);
if (node === null) {
  console.error(
    `There is no packaged Node.js 24 for ${process.platform}-${process.arch}, and the installed one is ${process.versions.node}.\n` +
      `Install Node.js 24.7 or newer (macOS: brew install node@24), then try again.`,
  );
  process.exit(1);
}
// In a process group of its own: Ctrl-C reaches it once, through us. It notices by the channel when we are killed.
current = spawn(node, ["--disable-warning=ExperimentalWarning", join(root, "lib", "supervisor", "main.ts"), ...args], {
  cwd: root,
  stdio: ["ignore", "inherit", "inherit", "ipc"],
  detached: true,
  env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1" },
});
current.on("error", (error) => {
  console.error(`Node.js 24 (${node}) could not be started: ${error.message}. Install Node.js 24.7 or newer, then try again.`);
  process.exit(1);
});
current.on("exit", (code, signal) => process.exit(code ?? (signal === null ? 1 : 143)));

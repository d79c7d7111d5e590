import { createHash, type Hash } from "node:crypto";
import { existsSync } from "node:fs";
import { access, constants, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { runTool } from "#lib/exec/run-tool";
import { StartError } from "./start-error.ts";

const folders = ["app", "components", "lib", "messages", "public"];
const files = [
  "next.config.ts",
  "proxy.ts",
  "instrumentation.ts",
  "postcss.config.mjs",
  "tsconfig.json",
  "package.json",
  "package-lock.json",
];
const notBuilt = /\.test\.tsx?$/;
const buildMinutes = 20;

async function addFolder(hash: Hash, root: string, folder: string): Promise<void> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await addFolder(hash, root, path);
    else if (!notBuilt.test(entry.name)) hash.update(`${path}\0`).update(await readFile(join(root, path)));
  }
}

/** SHA-256 over everything that the build reads, names included. */
export async function hashBuildInputs(root: string): Promise<string> {
  const hash = createHash("sha256").update(process.version);
  for (const folder of folders) if (existsSync(join(root, folder))) await addFolder(hash, root, folder);
  for (const file of files) if (existsSync(join(root, file))) hash.update(`${file}\0`).update(await readFile(join(root, file)));
  return hash.digest("hex");
}

/** Builds the pages with Next.js when what they are made from changed since the last build. Throws `StartError`. */
export async function buildWhenChanged(options: { root: string; say: (line: string) => void; signal: AbortSignal }): Promise<void> {
  const { root } = options;
  const stampPath = join(root, ".next", "lifeboat-build");
  const hash = await hashBuildInputs(root);
  if (existsSync(stampPath) && (await readFile(stampPath, "utf8")).trim() === hash) return;
  options.say("Building the pages (once, and after each change; about a minute) …");
  try {
    await mkdir(dirname(stampPath), { recursive: true });
    await access(dirname(stampPath), constants.W_OK);
    await rm(stampPath, { force: true });
  } catch {
    throw new StartError(`${dirname(stampPath)} cannot be written by this account. Start Lifeboat as the owner of ${root}.`);
  }
  const result = await runTool({
    file: process.execPath,
    args: [join(root, "node_modules", "next", "dist", "bin", "next"), "build"],
    cwd: root,
    env: { NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", HOME: homedir() },
    timeoutMs: buildMinutes * 60_000,
    signal: options.signal,
    maxOutputBytes: 64 * 1024,
  });
  options.signal.throwIfAborted();
  if (result.exitCode !== 0) throw new StartError(`The build failed:\n${`${result.stdout}\n${result.stderr}`.trim()}`);
  await writeFile(stampPath, `${hash}\n`);
}

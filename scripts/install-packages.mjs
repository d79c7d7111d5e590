import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mendPackages } from "./mend-packages.mjs";

/** What node_modules was installed from: another lock, platform or processor means another install. */
function fingerprint(root) {
  return createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .update(`${process.platform}-${process.arch}`)
    .digest("hex");
}

/** True when node_modules was completely installed from the present lock. */
export function packagesAreCurrent(root) {
  try {
    return readFileSync(join(root, "node_modules", ".lifeboat-lock"), "utf8").trim() === fingerprint(root);
  } catch {
    return false;
  }
}

/** The npm that started us, else the one on PATH. */
function npmCommand() {
  const script = process.env.npm_execpath;
  return script !== undefined && /\.c?js$/.test(script) && existsSync(script) ? [process.execPath, script] : ["npm"];
}

function run(command, args, root, onChild) {
  return new Promise((resolve, reject) => {
    // NODE_ENV=production of the host must not leave out what the build needs; lifecycle scripts are needed by no package here.
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
    onChild(child);
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? signal));
  });
}

/**
 * Installs the locked packages when they are not there yet, and leaves package-lock.json as it was. Returns false, after saying
 * why, when that was not possible. `onChild` receives npm's process, so that a signal can be passed on.
 */
export async function installPackages(root, onChild = () => {}) {
  if (!packagesAreCurrent(root) && !(await install(root, onChild))) return false;
  mendPackages(root);
  return true;
}

async function install(root, onChild) {
  const lockPath = join(root, "package-lock.json");
  const lock = readFileSync(lockPath);
  console.log("Installing the locked packages (only when they changed) …");
  const [command, ...first] = npmCommand();
  const args = [
    ...first,
    "install",
    "--include=dev",
    "--include=optional",
    "--ignore-scripts",
    "--no-fund",
    "--no-audit",
    "--loglevel=error",
  ];
  try {
    const code = await run(command, args, root, onChild);
    if (code !== 0) {
      console.error(`npm install ended with ${code}. Its output above says why; nothing was started.`);
      return false;
    }
  } catch (error) {
    console.error(`npm could not be started (${error.code ?? error.message}). Install npm, then try again.`);
    return false;
  } finally {
    if (!readFileSync(lockPath).equals(lock)) writeFileSync(lockPath, lock);
  }
  writeFileSync(join(root, "node_modules", ".lifeboat-lock"), `${fingerprint(root)}\n`);
  return true;
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./root.ts";

/** One of Lifeboat's processes, started as the supervisor starts it. */
export type LifeboatProcess = {
  readonly pid: number;
  /** Highest resident memory since the start or the last `forgetPeak`, in bytes. */
  readonly peakBytes: () => Promise<number>;
  readonly residentBytes: () => Promise<number>;
  readonly forgetPeak: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

type Start = {
  readonly name: "web" | "worker";
  readonly env: Record<string, string | undefined>;
  /** More arguments for Node, for profiles. */
  readonly nodeArguments?: readonly string[];
  readonly isReady: (child: ChildProcess) => Promise<void>;
};

export async function startProcess({ name, env, nodeArguments = [], isReady }: Start): Promise<LifeboatProcess> {
  const args = ["--disable-warning=ExperimentalWarning", ...nodeArguments, join(root, "lib", name, "main.ts")];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...env, NODE_ENV: "production" },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    detached: true,
  });
  const exited = once(child, "exit");
  const early = exited.then(() => Promise.reject(new Error(`the ${name} process ended by itself`)));
  early.catch(() => undefined);
  await Promise.race([isReady(child), early]);
  const pid = child.pid!;
  const status = async (field: string) => {
    const text = await readFile(`/proc/${pid}/status`, "utf8");
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(text)?.[1]) * 1024;
  };
  return {
    pid,
    peakBytes: () => status("VmHWM"),
    residentBytes: () => status("VmRSS"),
    forgetPeak: () => writeFile(`/proc/${pid}/clear_refs`, "5"),
    async stop() {
      child.kill("SIGTERM");
      await exited;
    },
  };
}

/** Runs a program of the other side to its end, its output to nowhere. Throws when it fails. */
export async function run(file: string, args: readonly string[], env: Record<string, string> = {}): Promise<void> {
  const child = spawn(file, args, { stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, ...env } });
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  if (code !== 0) throw new Error(`${file} ended with ${signal ?? code}`);
}

/** `zstd -dc <pack> | openssl sha256`, the yardstick for reading a pack. */
export async function decodeWithStockTools(packPath: string): Promise<void> {
  await run("bash", ["-c", 'set -o pipefail; zstd -dc "$1" | openssl sha256', "bash", packPath]);
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { bundleProgram } from "./bundle-program.ts";
import type { KillableConfig } from "./killable-worker.ts";

const script = fileURLToPath(new URL("killable-worker.ts", import.meta.url));

/** A worker process that was told where to die. */
export type KillableWorker = {
  /** Resolves when the process is gone. */
  readonly gone: Promise<void>;
  /** What it passed so far; only while it lives. */
  readonly points: () => Promise<string[]>;
  readonly kill: () => Promise<void>;
};

export type KillableWorkers = {
  /** A worker that kills itself right before its `n`-th point, or the first one of a name; `null`: never. */
  readonly arm: (n: number | string | null) => Promise<KillableWorker>;
  readonly close: () => Promise<void>;
};

/** Starts one process ahead, so that a test waits for a death and not for a birth. It works from its own turn on, not before. */
export function createKillableWorkers(config: KillableConfig): KillableWorkers {
  const children = new Set<ChildProcess>();
  const bundled = bundleProgram(script);
  const start = async (): Promise<ChildProcess> => {
    const child: ChildProcess = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", await bundled], {
      env: {
        PATH: process.env["PATH"] ?? "",
        NODE_ENV: "test",
        NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"],
        LIFEBOAT_TEST_CONFIG: JSON.stringify(config),
      },
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    children.add(child);
    child.once("exit", () => children.delete(child));
    await answerOf(child);
    return child;
  };
  let next = start();
  next.catch(() => undefined);
  return {
    arm: async (n) => {
      const child = await next;
      next = start();
      next.catch(() => undefined);
      const gone = once(child, "exit").then(() => undefined);
      await ask(child, { arm: n });
      return {
        gone,
        points: async () => ((await ask(child, { report: true })) as { points: string[] }).points,
        kill: async () => {
          child.kill("SIGKILL");
          await gone;
        },
      };
    },
    close: async () => {
      await next.catch(() => undefined);
      await Promise.all(
        [...children].map(async (child) => {
          child.kill("SIGKILL");
          if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
        }),
      );
    },
  };
}

async function ask(child: ChildProcess, message: object): Promise<unknown> {
  const answer = answerOf(child);
  child.send(message);
  return answer;
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  // One that ends before would never say anything.
  const ended = once(child, "exit").then(() => Promise.reject(new Error("a worker ended before it answered")));
  ended.catch(() => undefined);
  return Promise.race([once(child, "message").then(([answer]: unknown[]) => answer), ended]);
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "#lib/log/log";

const firstPauseMs = 1000;
const longestPauseMs = 30_000;
const steadyMs = 60_000;

export type ChildOptions = {
  name: "web" | "worker";
  script: string;
  root: string;
  env: Record<string, string | undefined>;
  /** File descriptor for what the child prints, or "inherit". */
  output: number | "inherit";
  /** Milliseconds that the child may take to end by itself after SIGTERM. */
  graceMs: number;
  logger: Logger;
  say: (line: string) => void;
};

/** One process of Lifeboat that is started again when it ends by itself. */
export type Child = {
  /** How often it ended by itself since it last ran for a minute. */
  readonly crashes: () => number;
  /** Ends it, with force after its grace, and starts it no more. */
  readonly stop: () => Promise<void>;
};

/**
 * Keeps a process running, in a process group of its own (Ctrl-C in the terminal reaches only the supervisor). The open IPC channel
 * tells it when the supervisor is gone. Starts again after 1 s, doubling up to 30 s.
 */
export function keepRunning(options: ChildOptions): Child {
  const { name, logger, say } = options;
  const stopping = new AbortController();
  let crashes = 0;
  let current: ChildProcess | null = null;

  const run = async () => {
    while (!stopping.signal.aborted) {
      const startedAt = Date.now();
      current = start(options);
      const ended = await endOf(current);
      // What it left behind in its group ends with it.
      killGroup(current, "SIGKILL");
      current = null;
      if (stopping.signal.aborted) return;
      crashes = Date.now() - startedAt > steadyMs ? 1 : crashes + 1;
      const pauseMs = Math.min(firstPauseMs * 2 ** (crashes - 1), longestPauseMs);
      logger.error("process ended by itself", { child: name, ended, pauseMs });
      say(`The ${name} process ended by itself (${ended}); starting it again in ${pauseMs / 1000} s.`);
      await delay(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const done = run();

  return {
    crashes: () => crashes,
    stop: async () => {
      stopping.abort();
      const child = current;
      child?.kill("SIGTERM");
      const timer = setTimeout(() => {
        logger.warn("process did not end in time and is killed", { child: name, graceMs: options.graceMs });
        if (child !== null) killGroup(child, "SIGKILL");
      }, options.graceMs);
      await done;
      clearTimeout(timer);
    },
  };
}

function start(options: ChildOptions): ChildProcess {
  return spawn(process.execPath, ["--disable-warning=ExperimentalWarning", options.script], {
    cwd: options.root,
    env: { ...options.env, NODE_ENV: "production" },
    stdio: ["ignore", options.output, options.output, "ipc"],
    detached: true,
  });
}

async function endOf(child: ChildProcess): Promise<string> {
  try {
    const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
    return signal ?? `exit code ${code}`;
  } catch (error) {
    return (error as Error).message;
  }
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

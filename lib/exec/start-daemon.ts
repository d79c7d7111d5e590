import { spawn } from "node:child_process";
import { once } from "node:events";
import { open } from "node:fs/promises";
import { basename } from "node:path";
import { LifeboatError } from "#lib/domain/error";
import { toolEnvironment } from "./environment.ts";

export type DaemonOptions = {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: number;
  readonly gid?: number;
  /** A file that does not exist yet; gets what it says. */
  readonly logPath: string;
};

export type Daemon = {
  readonly pid: number;
  /** Resolves when it ended, while this process still watches; says how. */
  readonly ended: Promise<string>;
};

/**
 * Starts a program that outlives this process, in a session of its own, with the environment of a tool and nothing open but a log file.
 * Whoever starts it ends it. Throws `tool-missing` and `tool-failed` when it cannot be started.
 */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const log = await open(options.logPath, "wx", 0o600);
  try {
    const daemon = spawn(options.file, [...options.args], {
      detached: true,
      env: toolEnvironment(options.env) as NodeJS.ProcessEnv,
      stdio: ["ignore", log.fd, log.fd],
      cwd: options.cwd,
      ...(options.uid === undefined ? {} : { uid: options.uid }),
      ...(options.gid === undefined ? {} : { gid: options.gid }),
    });
    const ended = new Promise<string>((resolve) => daemon.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`)));
    await once(daemon, "spawn");
    daemon.unref();
    return { pid: daemon.pid!, ended };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const tool = basename(options.file);
    if (code === "ENOENT") throw new LifeboatError("tool-missing", { tool, major: "any", install: "none" }, { cause: error });
    throw new LifeboatError("tool-failed", { tool, exitCode: null, detail: code ?? "it could not be started" }, { cause: error });
  } finally {
    await log.close();
  }
}

import { spawn } from "node:child_process";
import { constants } from "node:os";
import { commandEnvironment } from "#lib/env/cli-env";
import { endMarked, gateMark } from "#lib/exec/marked-processes";
import { forgetGroup, killGroup, registerGroup } from "#lib/exec/process-group";

export type CheckEnd = {
  readonly exitCode: number;
  readonly durationMs: number;
  /** Why it could not be judged by its code; empty otherwise. */ readonly why: string;
};

const graceMs = 10_000;

/**
 * Runs the caller's release check in the caller's folder, with the terminal as it is and the caller's environment without the API token. It, and what it
 * started, gets SIGTERM when the signal is aborted or the deadline comes, and SIGKILL ten seconds later or when it has ended: a migration that goes on after
 * "do not deploy" would be worse than none. Never rejects: what cannot be started ends with 127.
 */
export async function runReleaseCheck(
  command: readonly string[],
  options: {
    readonly cwd: string;
    readonly gateId: string;
    readonly deadlineMs: number;
    /** Where its standard output goes: beside a JSON document it may not stand. */ readonly output: "stdout" | "stderr";
    readonly signal: AbortSignal;
  },
): Promise<CheckEnd> {
  const begun = performance.now();
  const [file = "", ...args] = command;
  const stop = AbortSignal.any([options.signal, AbortSignal.timeout(Math.max(1, Math.min(2 ** 31 - 1, options.deadlineMs)))]);
  // On a terminal it stays in our group: it may ask there, and Ctrl-C reaches it by itself.
  const ownGroup = !process.stdin.isTTY;
  const ended = await new Promise<{ code: number; why: string }>((resolve) => {
    const child = spawn(file, args, {
      cwd: options.cwd,
      stdio: ["inherit", options.output === "stderr" ? 2 : "inherit", "inherit"],
      env: commandEnvironment({ [gateMark]: options.gateId }) as NodeJS.ProcessEnv,
      detached: ownGroup,
    });
    const { pid } = child;
    if (ownGroup && pid !== undefined) registerGroup(pid);
    const signalAll = (signal: NodeJS.Signals) => (ownGroup && pid !== undefined ? killGroup(pid, signal) : child.kill(signal));
    let timer: NodeJS.Timeout | undefined;
    const onStop = () => {
      signalAll("SIGTERM");
      timer = setTimeout(() => signalAll("SIGKILL"), graceMs);
    };
    const end = (code: number, why: string) => {
      clearTimeout(timer);
      if (stop.aborted) signalAll("SIGKILL");
      if (pid !== undefined) forgetGroup(pid);
      stop.removeEventListener("abort", onStop);
      resolve({ code, why });
    };
    stop.addEventListener("abort", onStop, { once: true });
    child.once("error", (error: NodeJS.ErrnoException) => end(127, `it could not be started (${error.code ?? error.message})`));
    child.once("exit", (code, signal) => {
      const late = stop.aborted && !options.signal.aborted ? "it was ended at the gate's deadline" : "";
      if (signal === null && code !== null) end(stop.aborted && code === 0 ? 124 : code, late);
      else end(128 + (signal === null ? 0 : constants.signals[signal]), late || `it was ended by ${String(signal)}`);
    });
  });
  // What left the group, or never had one of its own, still carries the gate's id.
  if (stop.aborted) await endMarked(gateMark, options.gateId);
  return { exitCode: ended.code, durationMs: Math.round(performance.now() - begun), why: ended.why };
}

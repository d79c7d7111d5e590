import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type CliEnv, readCliEnv } from "#lib/env/cli-env";
import { withEnvFile } from "#lib/env/env-file";
import { failureOf, tellFailure } from "./end-with.ts";
import { exitCode, type ExitCode } from "./exit-code.ts";
import { createTerminal, type Terminal } from "./terminal.ts";

export type Surroundings = { readonly env: CliEnv; readonly terminal: Terminal; readonly signal: AbortSignal };

/**
 * Runs a program of the command line to its exit code. The first Ctrl-C (or SIGTERM) aborts what runs, which then cleans up; a second one
 * ends the process at once.
 */
export async function runProgram(args: readonly string[], program: (around: Surroundings) => Promise<ExitCode>): Promise<void> {
  const terminal = createTerminal();
  const stopping = new AbortController();
  let stoppedAt = 0;
  const stop = () => {
    // One Ctrl-C may arrive twice: from the terminal, and from whoever started us.
    if (stopping.signal.aborted && performance.now() - stoppedAt < 500) return;
    if (stopping.signal.aborted) process.exit(exitCode.interrupted);
    stoppedAt = performance.now();
    terminal.note("stopping …");
    stopping.abort(new Error("interrupted"));
  };
  process.on("SIGINT", stop).on("SIGTERM", stop).on("SIGHUP", stop);
  const isLost = watchOutput();
  const code = await endOf(args, { terminal, signal: stopping.signal }, async () => {
    return await program(surroundings(() => readInstallationFile(terminal), terminal, stopping.signal));
  });
  process.exitCode = code === exitCode.ok && isLost() ? exitCode.failed : code;
}

/** The environment is read when it is first asked for: what is wrong with it is then told in the words of the command that wanted it. */
export function surroundings(
  source: () => Readonly<Record<string, string | undefined>> | undefined,
  terminal: Terminal,
  signal: AbortSignal,
): Surroundings {
  let env: CliEnv | null = null;
  return {
    get env() {
      return (env ??= readCliEnv(source()));
    },
    terminal,
    signal,
  };
}

/**
 * Nobody to read is no reason to leave work half done, nor to end as if all were well: a command whose reader has gone (`head` that has seen enough, a build
 * server's log that died) goes on in silence and ends with its own code. A result that could not be written for another reason is a failure; true then.
 */
function watchOutput(): () => boolean {
  let isLost = false;
  process.stderr.on("error", () => undefined);
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") return;
    isLost = true;
    if (process.exitCode === exitCode.ok) process.exitCode = exitCode.failed;
  });
  return () => isLost;
}

/**
 * The caller's environment and, behind it, the installation's own file. That is for this program alone: a command that it runs for the caller
 * must not take the installation's secrets for its own, least of all the catalogue's DATABASE_URL. Another account does without the file.
 */
function readInstallationFile(terminal: Terminal): Readonly<Record<string, string | undefined>> | undefined {
  try {
    return withEnvFile(join(fileURLToPath(new URL("../..", import.meta.url)), ".env"));
  } catch (error) {
    terminal.note(`not used: ${(error as Error).message}`);
    return undefined;
  }
}

/** The exit code of a program; what it throws is told. */
export async function endOf(
  args: readonly string[],
  { terminal, signal }: Pick<Surroundings, "terminal" | "signal">,
  program: () => Promise<ExitCode>,
): Promise<ExitCode> {
  const asJson = args.slice(0, args.includes("--") ? args.indexOf("--") : args.length).includes("--json");
  try {
    const code = await program();
    terminal.endProgress();
    return code;
  } catch (error) {
    const failure = failureOf(error, signal.aborted);
    tellFailure(terminal, failure, asJson);
    return failure.exit;
  }
}

/** What the command line's exit codes mean (docs/cli.md). */
export const exitCode = {
  ok: 0,
  /** What was asked for was tried and failed, or is not as it should be. */
  failed: 1,
  /** The command was not understood; nothing was done. */
  usage: 2,
  /** Lifeboat (or the server) could not be reached, or the token does not allow it; nothing was done. */
  unreachable: 3,
  /** A gate did not pass: do not deploy. */
  doNotDeploy: 4,
  /** Refused for safety; nothing was changed. */
  refused: 5,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** Ends a command with a text for people and an exit code of its own. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exit: ExitCode;
  /** What to do next, as a sentence; empty where there is nothing to say. */
  readonly hint: string;
  /** What `--json` calls it, where Lifeboat has a name for it; null: the exit code's. */
  readonly code: string | null;

  constructor(exit: ExitCode, message: string, hint = "", code: string | null = null) {
    super(message);
    this.exit = exit;
    this.hint = hint;
    this.code = code;
  }
}

export function usageError(message: string, hint = ""): CommandError {
  return new CommandError(exitCode.usage, message, hint);
}

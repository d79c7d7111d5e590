import { describeReason } from "#lib/contracts/describe-reason";
import { LifeboatError } from "#lib/domain/error";
import { errorCategories } from "#lib/domain/error-codes";
import { EnvError } from "#lib/env/env";
import { ProblemError } from "#lib/http/client";
import { CommandError, exitCode, type ExitCode } from "./exit-code.ts";
import { problemText } from "./problem-text.ts";
import type { Terminal } from "./terminal.ts";

/** Codes of errors that mean: it was not tried, because nobody answered or nobody was let in. */
const unreachable: ReadonlySet<string> = new Set(
  "web-unreachable host-unknown connection-refused connection-timeout password-wrong sign-in-rejected tls-not-offered tls-untrusted address-forbidden".split(
    " ",
  ),
);
const categoriesOfAccess: ReadonlySet<string> = new Set(["unauthenticated", "forbidden", "too-many"]);

/** Codes of errors that mean: refused for safety. */
const refused: ReadonlySet<string> = new Set(
  "target-is-catalogue target-exists confirmation-mismatch confirmation-production tool-below-safe-minimum script-forbidden sidecar-untrusted stream-mismatch pack-damaged chain-broken".split(
    " ",
  ),
);

/** Errors as `--json` prints them. */
export type Failure = { readonly exit: ExitCode; readonly code: string; readonly message: string; readonly hint: string };

/** What a thrown error means to whoever called the command. */
export function failureOf(error: unknown, isInterrupted: boolean): Failure {
  if (isInterrupted) return { exit: exitCode.interrupted, code: "interrupted", message: "interrupted", hint: "" };
  if (error instanceof CommandError)
    return { exit: error.exit, code: error.code ?? codeOf(error.exit), message: error.message, hint: error.hint };
  if (error instanceof ProblemError) {
    return { exit: exitOf(error.code), code: error.code, ...problemText(error) };
  }
  if (error instanceof LifeboatError) {
    const { message, hint } = describeReason(error.reason);
    return { exit: exitOf(error.code), code: error.code, message, hint };
  }
  if (error instanceof EnvError) return { exit: exitCode.usage, code: "usage", message: error.message, hint: "" };
  const message = error instanceof Error ? error.message : String(error);
  return { exit: exitCode.failed, code: (error as NodeJS.ErrnoException | null)?.code ?? "internal", message, hint: "" };
}

function exitOf(code: keyof typeof errorCategories): ExitCode {
  if (refused.has(code)) return exitCode.refused;
  return unreachable.has(code) || categoriesOfAccess.has(errorCategories[code]) ? exitCode.unreachable : exitCode.failed;
}

function codeOf(exit: ExitCode): string {
  return Object.entries(exitCode).find(([, value]) => value === exit)?.[0] ?? "failed";
}

/** Tells an error: as JSON on standard output where that was asked for, else as text on standard error. */
export function tellFailure(terminal: Terminal, failure: Failure, asJson: boolean): void {
  terminal.endProgress();
  if (asJson) return terminal.printJson({ error: failure });
  terminal.note(`lifeboat: ${failure.message}`);
  if (failure.hint !== "") terminal.note(failure.hint);
}

import { openSync, renameSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { redactText } from "#lib/log/redact";

const rotateBytes = 20 * 1024 * 1024;

/** Where texts for people and log lines go. */
export type Terminal = {
  /** A line for the person at the terminal. */
  readonly say: (line: string) => void;
  /** A line of the structured log. */
  readonly writeLog: (line: string) => void;
  /** What web and worker print into: the log file's descriptor, or the own output. */
  readonly output: number | "inherit";
  /** Where to look for details, as a sentence. */
  readonly logHint: string;
  readonly logPath: string | null;
};

/**
 * At a terminal the structured log goes to a file (0600, one older generation kept), so that the summary stays readable; under a
 * service manager or in a container everything goes to standard output, as expected there.
 */
export function openTerminal(logFolder: string, isTerminal: boolean): Terminal {
  const say = (line: string) => void process.stdout.write(`${redactText(line)}\n`);
  if (!isTerminal) {
    return {
      say,
      writeLog: (line) => void process.stdout.write(line),
      output: "inherit",
      logHint: "The log above says why.",
      logPath: null,
    };
  }
  const logPath = join(logFolder, "lifeboat.log");
  if ((statSync(logPath, { throwIfNoEntry: false })?.size ?? 0) > rotateBytes) renameSync(logPath, `${logPath}.1`);
  const output = openSync(logPath, "a", 0o600);
  return { say, writeLog: (line) => void writeSync(output, line), output, logHint: `The log says why: ${logPath}`, logPath };
}

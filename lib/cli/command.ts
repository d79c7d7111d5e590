import type { ExitCode } from "./exit-code.ts";
import { optionLines, type Given, type Options, type Takes } from "./options.ts";
import type { Session } from "./session.ts";

export type Command = {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What may follow the name, one line a form. */
  readonly usage: readonly string[];
  readonly options: Options;
  readonly takes: Takes;
  /** More lines of help. */
  readonly about?: readonly string[];
  /** Said on standard error whenever it ends by an error, whichever. */
  readonly whenFailed?: string;
  readonly run: (given: Given, session: Session) => Promise<ExitCode>;
};

/** What every command takes. */
export const commonOptions = {
  json: { type: "boolean", help: "print JSON, one document, on standard output" },
  "server-url": { type: "string", value: "url", help: "where Lifeboat is (or LIFEBOAT_URL; default: this machine)" },
  "token-file": { type: "string", value: "file", help: "a file with an API token (or LIFEBOAT_TOKEN_FILE, LIFEBOAT_TOKEN)" },
  help: { type: "boolean", short: "h", help: "show this" },
} as const satisfies Options;

export function commandHelp({ name, summary, usage, options, about = [] }: Command): string[] {
  const forms = usage.map((form, at) => `${at === 0 ? "Usage:" : "      "} lifeboat ${name}${form === "" ? "" : ` ${form}`}`);
  const text = about.length === 0 ? [] : ["", ...about];
  return [...forms, "", `${summary}.`, ...text, "", ...optionLines({ ...options, ...commonOptions })];
}

import type { Comparison } from "./compare-tables.ts";
import type { Reason } from "./error.ts";

export type LoadError = {
  readonly class: "ownership" | "privileges" | "extension" | "exists" | "data" | "other";
  readonly entry: string;
  readonly message: string;
};

export type RestoreVerdict = {
  /** Null: the copy is what the backup says. */
  readonly failure: Reason | null;
  /** Errors that took nothing from the copy but who owns what. */
  readonly tolerated: readonly LoadError[];
};

/**
 * Decides what a finished load was worth. "Errors ignored" of the tool means that something is missing, so every error fails the
 * restore but those that only concern owners and grants of roles that the target does not have: the preview told them. A tool that
 * failed without one readable error failed all the same, and a difference in the data fails whatever the tool said.
 */
export function judgeRestore(load: { exitCode: number; errors: readonly LoadError[] }, comparison: Comparison): RestoreVerdict {
  const tolerated = load.errors.filter((error) => error.class === "ownership" || error.class === "privileges");
  const [first, ...others] = load.errors.filter((error) => !tolerated.includes(error));
  if (first !== undefined) {
    return { failure: { code: "restore-errors", params: { count: others.length + 1, first: first.message } }, tolerated };
  }
  if (load.exitCode !== 0 && tolerated.length === 0) {
    return {
      failure: { code: "tool-failed", params: { tool: "pg_restore", exitCode: load.exitCode, detail: "no error was printed" } },
      tolerated,
    };
  }
  const differs = comparison.tables.find((table) => table.verdict === "different" || table.verdict === "missing");
  if (differs !== undefined) {
    const name = `${differs.schema}.${differs.table}`;
    return { failure: { code: "restore-differs", params: { count: comparison.different, first: name } }, tolerated };
  }
  return { failure: null, tolerated };
}

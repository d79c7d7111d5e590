/** No line that is meant here is longer, in bytes. */
export const longestDumpLine = 48;

/** What is told of a script whose end is missing. */
export const missingEnd = "the line that pg_dump ends with is missing (-- PostgreSQL database dump complete)";

/** The comment that pg_dump, and pg_restore in its place, begins a script with, or the one that it ends it with; null for any other. */
export function readDumpLine(comment: string): "begins" | "ends" | null {
  const found = /^-- PostgreSQL database dump( complete)?\s*$/.exec(comment);
  if (found === null) return null;
  return found[1] === undefined ? "begins" : "ends";
}

import { or, sql, type SQL } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";

/** Trimmed, without NUL (which no PostgreSQL text holds); null when nothing is left to look for. */
export function searchNeedle(search: string | undefined): string | null {
  const needle = (search ?? "").replaceAll("\0", "").trim();
  return needle === "" ? null : needle;
}

/** A search text as an `ILIKE` pattern that finds it literally, anywhere. */
export function containsPattern(needle: string): string {
  return `%${needle.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}

/** True where any of the columns contains the text, letter case aside; undefined (no condition) for an empty search. */
export function anyContains(columns: readonly (AnyPgColumn | SQL)[], search: string | undefined): SQL | undefined {
  const needle = searchNeedle(search);
  if (needle === null) return undefined;
  const pattern = containsPattern(needle);
  return or(...columns.map((column) => sql`${column} ilike ${pattern}`));
}

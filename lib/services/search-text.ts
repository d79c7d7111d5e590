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

/** The same for a `search_text` column, which holds its row's texts folded already. */
export function searchTextContains(column: AnyPgColumn, search: string | undefined): SQL | undefined {
  const needle = searchNeedle(search);
  return needle === null ? undefined : sql`${column} like lower(${containsPattern(needle)})`;
}

/** True where any of the columns contains the text, letter case aside; undefined (no condition) for an empty search. */
export function anyContains(columns: readonly (AnyPgColumn | SQL)[], search: string | undefined): SQL | undefined {
  const needle = searchNeedle(search);
  if (needle === null) return undefined;
  const pattern = containsPattern(needle);
  return or(...columns.map((column) => sql`${column} ilike ${pattern}`));
}

import { type SQL, sql } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";

/**
 * True where the column holds one of these texts. One array instead of a parameter each: for 1,000 ids that takes a fifth of the work
 * of building and reading the query.
 */
export function oneOf(column: AnyPgColumn, values: readonly string[]): SQL {
  return sql`${column} = any(${sql.param(values)})`;
}

import { pgSchema, timestamp } from "drizzle-orm/pg-core";

/** Everything of Lifeboat lives in one PostgreSQL schema, so that an external catalogue can share a database. */
export const lifeboat = pgSchema("lifeboat");

/** UTC instant with milliseconds, as `Date`. */
export function instantColumn(name: string) {
  return timestamp(name, { withTimezone: true, precision: 3, mode: "date" });
}

import { integer, jsonb, text } from "drizzle-orm/pg-core";
import { instantColumn, lifeboat } from "./schema.ts";

/** Settings of the whole installation, one row a subject; the verb that owns a key parses its value. */
export const settings = lifeboat.table("settings", {
  key: text("key").$type<"scheduling">().primaryKey(),
  value: jsonb("value").$type<Record<string, unknown>>().notNull(),
  version: integer("version").notNull().default(1),
  updatedAt: instantColumn("updated_at").notNull(),
});

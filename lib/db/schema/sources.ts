import { sql } from "drizzle-orm";
import { bigint, boolean, index, integer, jsonb, text, uniqueIndex } from "drizzle-orm/pg-core";
import type { Environment } from "../../domain/backup-state.ts";
import { instantColumn, lifeboat } from "./schema.ts";
import { servers } from "./servers.ts";

export const sources = lifeboat.table(
  "sources",
  {
    id: text("id").primaryKey(),
    /** Part of every storage key; never changes and is never used again. */
    slug: text("slug").notNull().unique(),
    name: text("name").notNull(),
    engine: text("engine").$type<"postgres">().notNull(),
    serverId: text("server_id")
      .notNull()
      .references(() => servers.id),
    database: text("database").notNull(),
    environment: text("environment").$type<Environment>().notNull(),
    excludedSchemas: text("excluded_schemas").array().notNull().default([]),
    excludedTables: jsonb("excluded_tables").$type<{ schema: string; table: string }[]>().notNull().default([]),
    notes: text("notes").notNull().default(""),
    isSample: boolean("is_sample").notNull().default(false),
    /** As last seen by a check or a backup. */
    sizeBytes: bigint("size_bytes", { mode: "number" }),
    pausedAt: instantColumn("paused_at"),
    /** A removed source keeps its row as long as backups name it. */
    removedAt: instantColumn("removed_at"),
    version: integer("version").notNull().default(1),
    createdAt: instantColumn("created_at").notNull(),
    updatedAt: instantColumn("updated_at").notNull(),
  },
  (table) => [
    uniqueIndex("sources_server_database_key")
      .on(table.serverId, table.database)
      .where(sql`${table.removedAt} is null`),
    index("sources_name_idx").on(table.name, table.id),
  ],
);

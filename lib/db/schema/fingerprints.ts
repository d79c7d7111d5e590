import { bigint, index, integer, jsonb, text, uniqueIndex } from "drizzle-orm/pg-core";
import type { FingerprintDto } from "../../contracts/fingerprints.ts";
import { instantColumn, lifeboat } from "./schema.ts";
import { sources } from "./sources.ts";

/** What a source looked like on a UTC day, by its newest good backup; outlives that backup. */
export const fingerprints = lifeboat.table(
  "fingerprints",
  {
    id: text("id").primaryKey(),
    sourceId: text("source_id")
      .notNull()
      .references(() => sources.id, { onDelete: "cascade" }),
    day: text("day").notNull(),
    backupId: text("backup_id").notNull(),
    at: instantColumn("at").notNull(),
    rowCount: bigint("row_count", { mode: "number" }).notNull(),
    tableCount: integer("table_count").notNull(),
    migrationHead: text("migration_head"),
    /** Of every table: `[schema, table, rows, digest or null]`. */
    tables: jsonb("tables").$type<[string, string, number, string | null][]>().notNull(),
    findings: jsonb("findings").$type<FingerprintDto["findings"]>().notNull().default([]),
  },
  (table) => [
    uniqueIndex("fingerprints_day_key").on(table.sourceId, table.day),
    index("fingerprints_at_idx").on(table.at, table.sourceId, table.day),
  ],
);

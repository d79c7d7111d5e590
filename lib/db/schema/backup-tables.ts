import { bigint, boolean, primaryKey, text } from "drizzle-orm/pg-core";
import { backups } from "./backups.ts";
import { lifeboat } from "./schema.ts";

/** Exact row count and SHA-256 of every table's data, read from the archive as it passed. */
export const backupTables = lifeboat.table(
  "backup_tables",
  {
    backupId: text("backup_id")
      .notNull()
      .references(() => backups.id, { onDelete: "cascade" }),
    schema: text("schema").notNull(),
    table: text("table").notNull(),
    rows: bigint("rows", { mode: "number" }).notNull(),
    bytes: bigint("bytes", { mode: "number" }).notNull(),
    sha256: text("sha256").notNull(),
    excluded: boolean("excluded").notNull().default(false),
  },
  (table) => [primaryKey({ columns: [table.backupId, table.schema, table.table] })],
);

import { bigint, index, text } from "drizzle-orm/pg-core";
import { backups } from "./backups.ts";
import { lifeboat } from "./schema.ts";

/** The file that a backup adds to storage. Plain and stored coordinates are kept apart for encryption at rest. */
export const packs = lifeboat.table(
  "packs",
  {
    id: text("id").primaryKey(),
    backupId: text("backup_id")
      .notNull()
      .references(() => backups.id, { onDelete: "cascade" }),
    /** The same on every destination. */
    key: text("key").notNull().unique(),
    bytes: bigint("bytes", { mode: "number" }).notNull(),
    packSha256: text("pack_sha256").notNull(),
    storedBytes: bigint("stored_bytes", { mode: "number" }).notNull(),
    storedSha256: text("stored_sha256").notNull(),
  },
  (table) => [index("packs_backup_idx").on(table.backupId)],
);

import { index, primaryKey, text } from "drizzle-orm/pg-core";
import { backups } from "./backups.ts";
import { lifeboat } from "./schema.ts";

/** What a backup needs and why: `packs` its recipe names, `combine` a physical link, `wal` a stretch of log. */
export const backupDependencies = lifeboat.table(
  "backup_dependencies",
  {
    backupId: text("backup_id")
      .notNull()
      .references(() => backups.id, { onDelete: "cascade" }),
    needsId: text("needs_id")
      .notNull()
      .references(() => backups.id),
    reason: text("reason").$type<"packs" | "combine" | "wal">().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.backupId, table.needsId, table.reason] }),
    index("backup_dependencies_needs_idx").on(table.needsId),
  ],
);

import { sql } from "drizzle-orm";
import { bigint, boolean, index, integer, primaryKey, text } from "drizzle-orm/pg-core";
import { backups } from "./backups.ts";
import { lifeboat } from "./schema.ts";

/** What a backup needs and why: `packs` its recipe names, `combine` a physical link, `wal` a stretch of log. */
export const backupDependencies = lifeboat.table(
  "backup_dependencies",
  {
    backupId: text("backup_id")
      .notNull()
      .references(() => backups.id, { onDelete: "cascade" }),
    /** No reference: a member whose base is gone is shown as broken, by name. */
    needsId: text("needs_id").notNull(),
    /** There is no row of what is needed. Kept by triggers on both tables, so that nobody looks for such needs from end to end; nobody else writes it. */
    gone: boolean("gone").notNull().default(false),
    reason: text("reason").$type<"packs" | "combine" | "wal">().notNull(),
    /** The needed backup's pack, so that a missing one can be named. */
    packId: text("pack_id").notNull(),
    packKey: text("pack_key").notNull(),
    /** Bytes of that pack that the recipe names, and in how many pieces; 0 until the backup is written whole. */
    readBytes: bigint("read_bytes", { mode: "number" }).notNull().default(0),
    ranges: integer("ranges").notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.backupId, table.needsId, table.reason] }),
    index("backup_dependencies_needs_idx").on(table.needsId),
    index("backup_dependencies_gone_idx")
      .on(table.backupId)
      .where(sql`${table.gone}`),
  ],
);

import { index, jsonb, text, uniqueIndex } from "drizzle-orm/pg-core";
import type { CopyState } from "../../domain/backup-state.ts";
import type { Reason } from "../../domain/error.ts";
import { backups } from "./backups.ts";
import { destinations } from "./destinations.ts";
import { instantColumn, lifeboat } from "./schema.ts";

/** A backup's packs on one destination. Stored and verified are facts of a copy. */
export const copies = lifeboat.table(
  "copies",
  {
    id: text("id").primaryKey(),
    backupId: text("backup_id")
      .notNull()
      .references(() => backups.id, { onDelete: "cascade" }),
    destinationId: text("destination_id")
      .notNull()
      .references(() => destinations.id),
    state: text("state").$type<CopyState>().notNull(),
    storedAt: instantColumn("stored_at"),
    /** Last verification that passed. */
    verifiedAt: instantColumn("verified_at"),
    /** Last verification that failed, and why; cleared by one that passes. */
    failedAt: instantColumn("failed_at"),
    failure: jsonb("failure").$type<Reason>(),
  },
  (table) => [
    uniqueIndex("copies_backup_destination_key").on(table.backupId, table.destinationId),
    index("copies_destination_idx").on(table.destinationId),
  ],
);

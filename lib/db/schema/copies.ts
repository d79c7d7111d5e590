import { sql } from "drizzle-orm";
import { index, jsonb, text, uniqueIndex } from "drizzle-orm/pg-core";
import type { CopyState } from "../../domain/backup-state.ts";
import type { Reason } from "../../domain/error.ts";
import { backups } from "./backups.ts";
import { destinations } from "./destinations.ts";
import { instantColumn, lifeboat } from "./schema.ts";
import { sources } from "./sources.ts";

/** A backup's packs on one destination. Stored and verified are facts of a copy. */
export const copies = lifeboat.table(
  "copies",
  {
    id: text("id").primaryKey(),
    backupId: text("backup_id")
      .notNull()
      .references(() => backups.id, { onDelete: "cascade" }),
    /** The backup's source, which never changes: a source's copies are found without its backups. */
    sourceId: text("source_id")
      .notNull()
      .references(() => sources.id),
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
    index("copies_verified_idx")
      .on(table.sourceId, table.verifiedAt)
      .where(sql`${table.verifiedAt} is not null`),
    index("copies_unverified_idx")
      .on(table.storedAt, table.backupId)
      .where(sql`${table.verifiedAt} is null and ${table.state} = 'stored'`),
    index("copies_failed_idx")
      .on(table.backupId)
      .where(sql`${table.failedAt} is not null or ${table.state} in ('missing', 'damaged')`),
  ],
);

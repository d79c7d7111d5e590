import { sql } from "drizzle-orm";
import { index, integer, jsonb, text } from "drizzle-orm/pg-core";
import type { ProofLevel } from "../../domain/backup-state.ts";
import { backups } from "./backups.ts";
import { destinations } from "./destinations.ts";
import { instantColumn, lifeboat } from "./schema.ts";

/** History of every look at a backup. */
export const validations = lifeboat.table(
  "validations",
  {
    id: text("id").primaryKey(),
    backupId: text("backup_id")
      .notNull()
      .references(() => backups.id, { onDelete: "cascade" }),
    destinationId: text("destination_id").references(() => destinations.id),
    runId: text("run_id"),
    level: text("level").$type<ProofLevel>().notNull(),
    verdict: text("verdict").$type<"passed" | "failed">().notNull(),
    checks: jsonb("checks")
      .$type<{ code: string; verdict: "passed" | "failed" | "skipped"; expected: string; actual: string }[]>()
      .notNull(),
    at: instantColumn("at").notNull(),
    durationMs: integer("duration_ms").notNull(),
  },
  (table) => [
    index("validations_backup_idx").on(table.backupId, table.at),
    index("validations_proven_idx")
      .on(table.backupId, table.at)
      .where(sql`${table.level} = 'proven'`),
  ],
);

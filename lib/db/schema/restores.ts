import { bigint, boolean, index, integer, jsonb, text } from "drizzle-orm/pg-core";
import type { RestoreDetailDto, RestoreInput } from "../../contracts/restores.ts";
import type { Params } from "../../domain/error.ts";
import { backups } from "./backups.ts";
import { instantColumn, lifeboat } from "./schema.ts";
import { servers } from "./servers.ts";

export const restores = lifeboat.table(
  "restores",
  {
    id: text("id").primaryKey(),
    runId: text("run_id").notNull(),
    backupId: text("backup_id")
      .notNull()
      .references(() => backups.id, { onDelete: "cascade" }),
    /** Null for a restore into a file. */
    serverId: text("server_id").references(() => servers.id, { onDelete: "cascade" }),
    database: text("database").notNull(),
    /** SQLite: the file that is written. */
    targetPath: text("target_path"),
    /** The time that was asked for, when the restore was to a date; the backup is the newest at or before it. */
    wantedAt: instantColumn("wanted_at"),
    /** What the preview said it would take, in milliseconds; null without a basis. */
    estimatedMs: bigint("estimated_ms", { mode: "number" }),
    mode: text("mode").$type<RestoreInput["mode"]>().notNull().default("new"),
    content: text("content").$type<RestoreInput["content"]>().notNull(),
    owners: text("owners").$type<RestoreInput["owners"]>().notNull(),
    jobs: integer("jobs").notNull(),
    tables: jsonb("tables").$type<RestoreInput["tables"]>().notNull().default([]),
    keepOnFailure: boolean("keep_on_failure").notNull().default(false),
    /** Set once this run itself created the database: only then may it remove it. */
    createdDatabase: boolean("created_database").notNull().default(false),
    outcome: text("outcome").$type<RestoreDetailDto["outcome"]>().notNull().default("pending"),
    errors: jsonb("errors").$type<RestoreDetailDto["errors"]>().notNull().default([]),
    comparison: jsonb("comparison").$type<NonNullable<RestoreDetailDto["comparison"]>>(),
    facts: jsonb("facts").$type<Params>().notNull().default({}),
    createdAt: instantColumn("created_at").notNull(),
  },
  (table) => [index("restores_backup_idx").on(table.backupId), index("restores_created_idx").on(table.createdAt, table.id)],
);

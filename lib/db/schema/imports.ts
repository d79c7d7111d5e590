import { bigint, index, integer, jsonb, text } from "drizzle-orm/pg-core";
import type { ImportFormat, ImportState } from "../../domain/import-state.ts";
import type { Reason } from "../../domain/error.ts";
import { instantColumn, lifeboat } from "./schema.ts";
import { sources } from "./sources.ts";

/** A file from elsewhere on its way to become a backup: uploaded in parts, or lying in a folder that the host's configuration allows. */
export const imports = lifeboat.table(
  "imports",
  {
    id: text("id").primaryKey(),
    origin: text("origin").$type<"upload" | "folder">().notNull(),
    state: text("state").$type<ImportState>().notNull(),
    fileName: text("file_name").notNull(),
    /** Of a folder's file: where it lies on hosts of the worker group. Null for an upload. */
    path: text("path"),
    workerGroup: text("worker_group").notNull().default("default"),
    /** Announced by the uploader, or the file's length. */
    bytes: bigint("bytes", { mode: "number" }).notNull(),
    receivedBytes: bigint("received_bytes", { mode: "number" }).notNull().default(0),
    /** Detected from the content; null until the first bytes are there. */
    format: text("format").$type<ImportFormat>(),
    sha256: text("sha256"),
    /** The time that the file itself tells (an archive's header), if any. */
    takenAt: instantColumn("taken_at"),
    sourceId: text("source_id").references(() => sources.id),
    runId: text("run_id"),
    backupId: text("backup_id"),
    error: jsonb("error").$type<Reason>(),
    createdByType: text("created_by_type").$type<"user" | "token" | "system">().notNull(),
    createdById: text("created_by_id"),
    createdByName: text("created_by_name").notNull(),
    createdAt: instantColumn("created_at").notNull(),
    /** Last part received; an upload that nobody goes on with is removed after a day. */
    touchedAt: instantColumn("touched_at").notNull(),
    version: integer("version").notNull().default(1),
  },
  (table) => [index("imports_created_idx").on(table.createdAt, table.id)],
);

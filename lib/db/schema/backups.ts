import { sql } from "drizzle-orm";
import { type AnyPgColumn, bigint, boolean, index, integer, jsonb, text } from "drizzle-orm/pg-core";
import type { BackupKind, BackupState } from "../../domain/backup-state.ts";
import type { Params } from "../../domain/error.ts";
import type { RunTrigger } from "../../domain/run-state.ts";
import { chains } from "./chains.ts";
import { instantColumn, lifeboat } from "./schema.ts";
import { sources } from "./sources.ts";

/** What the engine recorded beside the stream; the same object stands in the sidecar. */
export type BackupManifest = {
  properties: {
    owner: string;
    encoding: string;
    localeProvider: string;
    collate: string;
    ctype: string;
    icuLocale: string | null;
    acl: string[];
    settings: { role: string | null; setting: string }[];
    comment: string | null;
    connectionLimit: number;
  } | null;
  extensions: { name: string; version: string; schema: string }[];
  /** Roles that the archive names (owners, grantees). */
  roles: string[];
  tablespaces: string[];
  /** `pg_dumpall --globals-only --no-role-passwords`, or null where the role may not read them (the warning says so). */
  globalsSql: string | null;
  sequences: { schema: string; name: string; lastValue: string }[];
  migrationHead: { tool: string; head: string } | null;
  excludedSchemas: string[];
  excludedTables: { schema: string; table: string }[];
};

/** The manifest: one row per backup. */
export const backups = lifeboat.table(
  "backups",
  {
    id: text("id").primaryKey(),
    sourceId: text("source_id")
      .notNull()
      .references(() => sources.id),
    chainId: text("chain_id")
      .notNull()
      .references(() => chains.id),
    runId: text("run_id"),
    kind: text("kind").$type<BackupKind>().notNull(),
    /** The full of a differential; null for a full. */
    baseId: text("base_id").references((): AnyPgColumn => backups.id),
    /** The backup that an incremental builds on; null for a full. */
    parentId: text("parent_id").references((): AnyPgColumn => backups.id),
    state: text("state").$type<BackupState>().notNull(),
    /** The fencing token of the run that writes it; a commit with an older one is refused. */
    fencingToken: bigint("fencing_token", { mode: "number" }).notNull(),
    origin: text("origin").$type<"made" | "imported" | "external">().notNull().default("made"),
    trigger: text("trigger").$type<RunTrigger>().notNull(),
    reason: text("reason").notNull().default(""),
    label: text("label").notNull().default(""),
    note: text("note").notNull().default(""),
    pinned: boolean("pinned").notNull().default(false),
    database: text("database").notNull(),
    snapshotAt: instantColumn("snapshot_at").notNull(),
    startedAt: instantColumn("started_at").notNull(),
    finishedAt: instantColumn("finished_at"),
    streamBytes: bigint("stream_bytes", { mode: "number" }).notNull().default(0),
    storedBytes: bigint("stored_bytes", { mode: "number" }).notNull().default(0),
    tableCount: integer("table_count").notNull().default(0),
    rowCount: bigint("row_count", { mode: "number" }).notNull().default(0),
    serverVersion: text("server_version").notNull().default(""),
    toolVersion: text("tool_version").notNull().default(""),
    /** Key of the pack without its folder: what the file is called everywhere. */
    fileName: text("file_name").notNull(),
    manifest: jsonb("manifest").$type<BackupManifest>(),
    /** The archive's own listing (`pg_restore --list`), bounded. */
    listing: text("listing").notNull().default(""),
    anomalies: jsonb("anomalies").$type<{ code: string; params: Params }[]>().notNull().default([]),
    warnings: jsonb("warnings").$type<string[]>().notNull().default([]),
    createdByType: text("created_by_type").$type<"user" | "token" | "system">().notNull(),
    createdById: text("created_by_id"),
    createdByName: text("created_by_name").notNull(),
    trashedAt: instantColumn("trashed_at"),
    version: integer("version").notNull().default(1),
    /** What the search looks through, folded once; a line break keeps the fields apart. */
    searchText: text("search_text").generatedAlwaysAs(
      sql`lower(label || chr(10) || note || chr(10) || reason || chr(10) || file_name || chr(10) || id)`,
    ),
  },
  (table) => [
    index("backups_source_idx").on(table.sourceId, table.snapshotAt, table.id),
    index("backups_chain_idx").on(table.chainId, table.snapshotAt),
    index("backups_snapshot_idx").on(table.snapshotAt, table.id),
    index("backups_stream_idx").on(table.streamBytes, table.id),
    index("backups_stored_idx").on(table.storedBytes, table.id),
    index("backups_run_idx").on(table.runId),
    index("backups_kind_idx").on(table.kind, table.snapshotAt, table.id),
    index("backups_pinned_idx")
      .on(table.snapshotAt, table.id)
      .where(sql`${table.pinned}`),
    // Answers a source's totals without its rows.
    index("backups_totals_idx").on(table.sourceId, table.state, table.storedBytes),
  ],
);

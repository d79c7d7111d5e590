import { sql } from "drizzle-orm";
import { bigint, boolean, index, integer, jsonb, text } from "drizzle-orm/pg-core";
import type { BackupKind, BackupOrigin, BackupState, StreamExtension } from "../../domain/backup-state.ts";
import type { Params, Reason } from "../../domain/error.ts";
import type { RemoveReasonCode } from "../../domain/retention-rule.ts";
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

/** What an imported file was, as it came. */
export type ImportedFile = { fileName: string; bytes: number; sha256: string; format: string; takenFrom: "file" | "asked" | "sidecar" };

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
    /** The full of the chain that a member descends from; null for a full. No reference: what nobody needs may be deleted, its name stays. */
    baseId: text("base_id"),
    /** The backup that a member was compared with (its full, or for an incremental the one before it); null for a full. */
    parentId: text("parent_id"),
    /** The kind that was asked for, and why a full was made instead; null when it is the kind that it is. */
    askedKind: text("asked_kind").$type<BackupKind>(),
    kindReason: jsonb("kind_reason").$type<Reason>(),
    /** Of a synthetic full: the member that it was made from. */
    derivedFromId: text("derived_from_id"),
    extension: text("extension").$type<StreamExtension>().notNull().default("dump"),
    state: text("state").$type<BackupState>().notNull(),
    /** The fencing token of the run that writes it; a commit with an older one is refused. */
    fencingToken: bigint("fencing_token", { mode: "number" }).notNull(),
    origin: text("origin").$type<BackupOrigin>().notNull().default("made"),
    trigger: text("trigger").$type<RunTrigger>().notNull(),
    reason: text("reason").notNull().default(""),
    label: text("label").notNull().default(""),
    note: text("note").notNull().default(""),
    pinned: boolean("pinned").notNull().default(false),
    database: text("database").notNull(),
    snapshotAt: instantColumn("snapshot_at").notNull(),
    startedAt: instantColumn("started_at").notNull(),
    /** Of a synthetic full: when its data were taken from the source, by the catalogue's clock; its member may be gone. Null: when it started. */
    dataTakenAt: instantColumn("data_taken_at"),
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
    imported: jsonb("imported").$type<ImportedFile>(),
    anomalies: jsonb("anomalies").$type<{ code: string; params: Params }[]>().notNull().default([]),
    warnings: jsonb("warnings").$type<string[]>().notNull().default([]),
    createdByType: text("created_by_type").$type<"user" | "token" | "system">().notNull(),
    createdById: text("created_by_id"),
    createdByName: text("created_by_name").notNull(),
    trashedAt: instantColumn("trashed_at"),
    trashReason: text("trash_reason").$type<RemoveReasonCode>(),
    trashedByName: text("trashed_by_name"),
    /** From then on a clean-up removes it for good. */
    purgeAt: instantColumn("purge_at"),
    version: integer("version").notNull().default(1),
    /** What the search looks through, folded once; a line break keeps the fields apart. */
    searchText: text("search_text").generatedAlwaysAs(
      sql`lower(label || chr(10) || note || chr(10) || reason || chr(10) || file_name || chr(10) || id)`,
    ),
  },
  (table) => [
    // The state at its end answers strips of thirty days without rows.
    index("backups_source_idx").on(table.sourceId, table.snapshotAt, table.id, table.state),
    // Answers a chain's totals without its rows.
    index("backups_chain_idx").on(table.chainId, table.snapshotAt, table.state, table.streamBytes, table.storedBytes, table.id),
    index("backups_snapshot_idx").on(table.snapshotAt, table.id),
    index("backups_stream_idx").on(table.streamBytes, table.id),
    index("backups_stored_idx").on(table.storedBytes, table.id),
    index("backups_run_idx").on(table.runId),
    index("backups_kind_idx").on(table.kind, table.snapshotAt, table.id),
    index("backups_pinned_idx")
      .on(table.snapshotAt, table.id)
      .where(sql`${table.pinned}`),
    index("backups_trash_idx")
      .on(table.purgeAt, table.id)
      .where(sql`${table.state} = 'trashed'`),
    // Answers a source's totals without its rows.
    index("backups_totals_idx").on(table.sourceId, table.state, table.kind, table.storedBytes, table.streamBytes),
  ],
);

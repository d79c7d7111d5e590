import { sql } from "drizzle-orm";
import { bigint, boolean, index, integer, jsonb, text, uniqueIndex } from "drizzle-orm/pg-core";
import type { FingerprintSettings } from "../../contracts/fingerprints.ts";
import type { Environment, SourceEngine } from "../../domain/backup-state.ts";
import { retentionPolicies } from "./retention-policies.ts";
import { instantColumn, lifeboat } from "./schema.ts";
import { servers } from "./servers.ts";

export const sources = lifeboat.table(
  "sources",
  {
    id: text("id").primaryKey(),
    /** Part of every storage key; never changes and is never used again. */
    slug: text("slug").notNull().unique(),
    name: text("name").notNull(),
    engine: text("engine").$type<SourceEngine>().notNull(),
    /** Of a PostgreSQL source; null for a file. */
    serverId: text("server_id").references(() => servers.id),
    /** PostgreSQL: the database's name. SQLite: the file's name without folder and extension, as downloads are called. */
    database: text("database").notNull(),
    /** SQLite: the file's absolute, resolved path on hosts of the worker group. */
    path: text("path"),
    /** Of a file; a PostgreSQL source goes by its server's. */
    workerGroup: text("worker_group"),
    /** So many failed backups in a row open an incident. Null: never. */
    incidentAfterFailures: integer("incident_after_failures").default(3),
    environment: text("environment").$type<Environment>().notNull(),
    excludedSchemas: text("excluded_schemas").array().notNull().default([]),
    excludedTables: jsonb("excluded_tables").$type<{ schema: string; table: string }[]>().notNull().default([]),
    notes: text("notes").notNull().default(""),
    isSample: boolean("is_sample").notNull().default(false),
    /** As last seen by a check or a backup. */
    sizeBytes: bigint("size_bytes", { mode: "number" }),
    pausedAt: instantColumn("paused_at"),
    /** When a pause ends by itself; null: when somebody resumes it. */
    pausedUntil: instantColumn("paused_until"),
    /** Null: everything is kept. */
    retentionPolicyId: text("retention_policy_id").references(() => retentionPolicies.id),
    /** The longest that its schedules leave it without a backup, in seconds; null without any. Written whenever its schedules change. */
    expectedEverySeconds: integer("expected_every_seconds"),
    /** What the daily fingerprint watches; null: as it is proposed. */
    fingerprintSettings: jsonb("fingerprint_settings").$type<FingerprintSettings>(),
    /** SHA-256 of the key in the address under which its state is public. */
    statusKeyHash: text("status_key_hash").unique(),
    /** A removed source keeps its row as long as backups name it. */
    removedAt: instantColumn("removed_at"),
    version: integer("version").notNull().default(1),
    createdAt: instantColumn("created_at").notNull(),
    updatedAt: instantColumn("updated_at").notNull(),
  },
  (table) => [
    uniqueIndex("sources_server_database_key")
      .on(table.serverId, table.database)
      .where(sql`${table.removedAt} is null`),
    uniqueIndex("sources_path_key")
      .on(table.workerGroup, table.path)
      .where(sql`${table.removedAt} is null and ${table.path} is not null`),
    index("sources_name_idx").on(table.name, table.id),
  ],
);

import { sql } from "drizzle-orm";
import { boolean, integer, jsonb, text, uniqueIndex } from "drizzle-orm/pg-core";
import type { Reason } from "../../domain/error.ts";
import { instantColumn, lifeboat } from "./schema.ts";

export const servers = lifeboat.table(
  "servers",
  {
    id: text("id").primaryKey(),
    slug: text("slug").notNull().unique(),
    name: text("name").notNull(),
    host: text("host").notNull(),
    port: integer("port").notNull(),
    tlsMode: text("tls_mode").$type<"disable" | "prefer" | "require" | "verify-ca" | "verify-full">().notNull(),
    tlsCa: text("tls_ca").notNull().default(""),
    username: text("username").notNull(),
    /** Sealed by `lib/secrets` with the row's id as associated data; null when the server asks for none. */
    passwordSealed: text("password_sealed"),
    maintenanceDatabase: text("maintenance_database").notNull(),
    restoreUsername: text("restore_username").notNull().default(""),
    restorePasswordSealed: text("restore_password_sealed"),
    notes: text("notes").notNull().default(""),
    workerGroup: text("worker_group").notNull().default("default"),
    isSample: boolean("is_sample").notNull().default(false),
    serverVersion: text("server_version"),
    lastCheckedAt: instantColumn("last_checked_at"),
    lastError: jsonb("last_error").$type<Reason>(),
    /** A removed server keeps its row, without passwords, as long as sources and restores name it. */
    removedAt: instantColumn("removed_at"),
    version: integer("version").notNull().default(1),
    createdAt: instantColumn("created_at").notNull(),
    updatedAt: instantColumn("updated_at").notNull(),
  },
  (table) => [
    uniqueIndex("servers_name_key")
      .on(sql`lower(${table.name})`)
      .where(sql`${table.removedAt} is null`),
  ],
);

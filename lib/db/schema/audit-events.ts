import { sql } from "drizzle-orm";
import { index, jsonb, text } from "drizzle-orm/pg-core";
import { instantColumn, lifeboat } from "./schema.ts";

/** Append-only: a trigger refuses update, delete and truncate. Written in the same transaction as the change. */
export const auditEvents = lifeboat.table(
  "audit_events",
  {
    id: text("id").primaryKey(),
    at: instantColumn("at").notNull(),
    actorType: text("actor_type").$type<"user" | "token" | "system">().notNull(),
    actorId: text("actor_id"),
    actorName: text("actor_name").notNull(),
    action: text("action").notNull(),
    targetType: text("target_type").notNull(),
    targetId: text("target_id"),
    targetName: text("target_name").notNull().default(""),
    address: text("address"),
    requestId: text("request_id"),
    before: jsonb("before").$type<Record<string, unknown>>(),
    after: jsonb("after").$type<Record<string, unknown>>(),
    /** What the search looks through, folded once; a line break keeps the fields apart. */
    searchText: text("search_text").generatedAlwaysAs(
      sql`lower(actor_name || chr(10) || action || chr(10) || target_name || chr(10) || coalesce(target_id, '') || chr(10) || coalesce(address, ''))`,
    ),
  },
  (table) => [
    index("audit_events_at_idx").on(table.at, table.id),
    index("audit_events_target_idx").on(table.targetId, table.at),
    index("audit_events_action_idx").on(table.action, table.at),
    index("audit_events_actor_idx").on(table.actorId, table.at),
  ],
);

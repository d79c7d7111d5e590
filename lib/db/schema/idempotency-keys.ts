import { integer, jsonb, primaryKey, text } from "drizzle-orm/pg-core";
import { instantColumn, lifeboat } from "./schema.ts";

/** Answers of creating requests, kept for a day; `bodyHash` tells a repeated request from another one under the same key. */
export const idempotencyKeys = lifeboat.table(
  "idempotency_keys",
  {
    actor: text("actor").notNull(),
    key: text("key").notNull(),
    bodyHash: text("body_hash").notNull(),
    /** Null while the first request still works. */
    status: integer("status"),
    response: jsonb("response").$type<unknown>(),
    createdAt: instantColumn("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.actor, table.key] })],
);

import { integer, jsonb, primaryKey, text } from "drizzle-orm/pg-core";
import { instantColumn, lifeboat } from "./schema.ts";

/** Answers of creating requests, kept for a day; `bodyHash`, an HMAC, tells a repeated request from another one under the same key. */
export const idempotencyKeys = lifeboat.table(
  "idempotency_keys",
  {
    actor: text("actor").notNull(),
    key: text("key").notNull(),
    bodyHash: text("body_hash").notNull(),
    /** Null while the first request still works. */
    status: integer("status"),
    /** Sealed with the installation's key: an answer may hold what is shown once. */
    response: jsonb("response").$type<string>(),
    createdAt: instantColumn("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.actor, table.key] })],
);

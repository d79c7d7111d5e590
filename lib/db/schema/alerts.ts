import { sql } from "drizzle-orm";
import { index, integer, jsonb, text, uniqueIndex } from "drizzle-orm/pg-core";
import type { AlertCode } from "../../domain/alert-codes.ts";
import type { Params } from "../../domain/error.ts";
import { instantColumn, lifeboat } from "./schema.ts";

/** What is (or was) wrong: one open row per key, however often it happens again. */
export const alerts = lifeboat.table(
  "alerts",
  {
    id: text("id").primaryKey(),
    /** `<code>:<source or destination or disk>`. */
    key: text("key").notNull(),
    code: text("code").$type<AlertCode>().notNull(),
    sourceId: text("source_id"),
    params: jsonb("params").$type<Params>().notNull(),
    openedAt: instantColumn("opened_at").notNull(),
    lastAt: instantColumn("last_at").notNull(),
    count: integer("count").notNull().default(1),
    resolvedAt: instantColumn("resolved_at"),
  },
  (table) => [
    uniqueIndex("alerts_open_key")
      .on(table.key)
      .where(sql`${table.resolvedAt} is null`),
    index("alerts_opened_idx").on(table.openedAt, table.id),
    index("alerts_source_idx").on(table.sourceId),
  ],
);

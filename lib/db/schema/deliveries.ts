import { sql } from "drizzle-orm";
import { index, integer, jsonb, text, uniqueIndex } from "drizzle-orm/pg-core";
import type { DeliveryKind, DeliveryState } from "../../domain/alert-codes.ts";
import type { Reason } from "../../domain/error.ts";
import { channels } from "./channels.ts";
import { instantColumn, lifeboat } from "./schema.ts";

/** One message to one channel: the outbox and the delivery log. */
export const deliveries = lifeboat.table(
  "deliveries",
  {
    id: text("id").primaryKey(),
    channelId: text("channel_id")
      .notNull()
      .references(() => channels.id),
    kind: text("kind").$type<DeliveryKind>().notNull(),
    code: text("code").notNull(),
    sourceId: text("source_id"),
    alertId: text("alert_id"),
    /** What the message says, as data; text is made when it is sent. Never a secret. */
    payload: jsonb("payload").$type<Record<string, unknown>>().notNull(),
    /** The same thing is put into the outbox once, whoever sees it first. */
    dedupeKey: text("dedupe_key").notNull(),
    state: text("state").$type<DeliveryState>().notNull(),
    attempts: integer("attempts").notNull().default(0),
    nextAttemptAt: instantColumn("next_attempt_at").notNull(),
    /** A sender that does not come back by then has lost it. */
    claimedUntil: instantColumn("claimed_until"),
    responseStatus: integer("response_status"),
    error: jsonb("error").$type<Reason>(),
    createdAt: instantColumn("created_at").notNull(),
    sentAt: instantColumn("sent_at"),
  },
  (table) => [
    uniqueIndex("deliveries_dedupe_key").on(table.channelId, table.dedupeKey),
    index("deliveries_open_idx")
      .on(table.nextAttemptAt, table.id)
      .where(sql`${table.state} in ('pending', 'held', 'sending')`),
    index("deliveries_created_idx").on(table.createdAt, table.id),
    index("deliveries_channel_idx").on(table.channelId, table.createdAt),
    // The log is kept for months: what pages of it show, and what a channel is shown with, is found without reading the rest.
    index("deliveries_state_idx").on(table.state, table.createdAt, table.id),
    index("deliveries_kind_idx").on(table.kind, table.createdAt, table.id),
    index("deliveries_source_idx").on(table.sourceId, table.createdAt, table.id),
    index("deliveries_channel_open_idx")
      .on(table.channelId, table.createdAt)
      .where(sql`${table.state} in ('pending', 'held', 'sending')`),
    index("deliveries_channel_sent_idx")
      .on(table.channelId, table.sentAt)
      .where(sql`${table.sentAt} is not null`),
    index("deliveries_channel_error_idx")
      .on(table.channelId, table.createdAt)
      .where(sql`${table.error} is not null`),
  ],
);

import { boolean, integer, jsonb, text } from "drizzle-orm/pg-core";
import type { ChannelConfig } from "../../contracts/notifications.ts";
import type { AlertCode } from "../../domain/alert-codes.ts";
import { instantColumn, lifeboat } from "./schema.ts";

/** Where messages go. */
export const channels = lifeboat.table("channels", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  config: jsonb("config").$type<ChannelConfig>().notNull(),
  /** `{ url?, token?, password?, signingKey? }`, sealed with the row's id as associated data. */
  secretSealed: text("secret_sealed"),
  /** Host of a secret URL, to tell channels apart. */
  host: text("host"),
  enabled: boolean("enabled").notNull().default(true),
  alerts: jsonb("alerts").$type<AlertCode[]>(),
  sourceIds: text("source_ids").array(),
  language: text("language").$type<"en" | "es">().notNull().default("en"),
  quietHours: jsonb("quiet_hours").$type<{ from: string; to: string; timeZone: string; exceptUrgent: boolean }>(),
  repeatHours: integer("repeat_hours"),
  /** A removed channel keeps its row, without secrets, as long as its delivery log names it. */
  removedAt: instantColumn("removed_at"),
  version: integer("version").notNull().default(1),
  createdAt: instantColumn("created_at").notNull(),
  updatedAt: instantColumn("updated_at").notNull(),
});

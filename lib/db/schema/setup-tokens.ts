import { text } from "drizzle-orm/pg-core";
import { instantColumn, lifeboat } from "./schema.ts";

/** One-time tokens of the set-up link; only their SHA-256 is stored. */
export const setupTokens = lifeboat.table("setup_tokens", {
  tokenHash: text("token_hash").primaryKey(),
  purpose: text("purpose").$type<"first-admin">().notNull(),
  createdAt: instantColumn("created_at").notNull(),
  expiresAt: instantColumn("expires_at").notNull(),
  usedAt: instantColumn("used_at"),
});

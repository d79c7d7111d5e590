import { index, text } from "drizzle-orm/pg-core";
import { instantColumn, lifeboat } from "./schema.ts";
import { users } from "./users.ts";

/** Links that set a person's password once; only the SHA-256 of the token is stored. A newer link ends the ones before it. */
export const oneTimeLinks = lifeboat.table(
  "one_time_links",
  {
    tokenHash: text("token_hash").primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    purpose: text("purpose").$type<"invite" | "reset">().notNull(),
    createdAt: instantColumn("created_at").notNull(),
    expiresAt: instantColumn("expires_at").notNull(),
    usedAt: instantColumn("used_at"),
  },
  (table) => [index("one_time_links_user_idx").on(table.userId)],
);

import { index, text } from "drizzle-orm/pg-core";
import { instantColumn, lifeboat } from "./schema.ts";
import { users } from "./users.ts";

/** One sign-in of one browser. The cookie only names it: a row that is ended, expired or gone ends the session at once. */
export const sessions = lifeboat.table(
  "sessions",
  {
    id: text("id").primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    address: text("address").notNull(),
    userAgent: text("user_agent").notNull(),
    createdAt: instantColumn("created_at").notNull(),
    lastSeenAt: instantColumn("last_seen_at").notNull(),
    expiresAt: instantColumn("expires_at").notNull(),
    endedAt: instantColumn("ended_at"),
  },
  (table) => [index("sessions_user_idx").on(table.userId)],
);

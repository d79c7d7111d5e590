import { bigint, text } from "drizzle-orm/pg-core";
import { instantColumn, lifeboat } from "./schema.ts";

/**
 * The single row of this installation. Its presence marks a database as Lifeboat's own catalogue: restores refuse such a target.
 * `lastSeenAt` is the newest time ever seen; a clock that went back behind it stops deletions.
 */
export const installation = lifeboat.table("installation", {
  id: text("id").primaryKey(),
  createdAt: instantColumn("created_at").notNull(),
  lastSeenAt: instantColumn("last_seen_at").notNull(),
  /** Set when the clock jumped further than anybody's holiday; nothing is removed until somebody said that it is right. */
  clockSuspectSince: instantColumn("clock_suspect_since"),
  clockJumpSeconds: bigint("clock_jump_seconds", { mode: "number" }),
  /** Set when the first-run page or `--sample` asked for the sample; the supervisor starts it. */
  sampleRequestedAt: instantColumn("sample_requested_at"),
});

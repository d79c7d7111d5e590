import { integer, text } from "drizzle-orm/pg-core";
import { drills } from "./drills.ts";
import { instantColumn, lifeboat } from "./schema.ts";

/** Append-only: a trigger refuses update, delete and truncate. `canonical` is exactly what was hashed and signed. */
export const drillReports = lifeboat.table("drill_reports", {
  id: text("id").primaryKey(),
  drillId: text("drill_id")
    .notNull()
    .unique()
    .references(() => drills.id),
  sequence: integer("sequence").notNull().unique(),
  previousSha256: text("previous_sha256").notNull(),
  sha256: text("sha256").notNull(),
  canonical: text("canonical").notNull(),
  keyId: text("key_id").notNull(),
  signature: text("signature").notNull(),
  createdAt: instantColumn("created_at").notNull(),
});

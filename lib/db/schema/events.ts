import { sql } from "drizzle-orm";
import { bigserial, index, jsonb, text } from "drizzle-orm/pg-core";
import { instantColumn, lifeboat } from "./schema.ts";

/**
 * Every change of state, written by triggers in the transaction that made it: `run.queued`, `slot.missed`, `drill.closed`, `incident.open`, `gate.failed`,
 * `backup.available`, `copy.failed`. Workers hand them on and mark them.
 */
export const events = lifeboat.table(
  "events",
  {
    id: bigserial("id", { mode: "number" }).primaryKey(),
    at: instantColumn("at").notNull(),
    type: text("type").notNull(),
    sourceId: text("source_id"),
    /** Of the row that changed. */
    subjectId: text("subject_id").notNull(),
    payload: jsonb("payload").$type<Record<string, string | number | boolean | null>>().notNull(),
    handledAt: instantColumn("handled_at"),
  },
  (table) => [
    index("events_open_idx")
      .on(table.id)
      .where(sql`${table.handledAt} is null`),
    index("events_at_idx").on(table.at),
  ],
);

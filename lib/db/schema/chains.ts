import { index, integer, text } from "drizzle-orm/pg-core";
import { instantColumn, lifeboat } from "./schema.ts";
import { sources } from "./sources.ts";

/** A full and all that descends from it. Segmenter parameters are fixed for its life. */
export const chains = lifeboat.table(
  "chains",
  {
    id: text("id").primaryKey(),
    sourceId: text("source_id")
      .notNull()
      .references(() => sources.id),
    /** 16 bytes, hex: the gear table is derived from it. */
    seed: text("seed").notNull(),
    averageSegmentBytes: integer("average_segment_bytes").notNull(),
    formatVersion: integer("format_version").notNull(),
    createdAt: instantColumn("created_at").notNull(),
    /** Set by a consolidation: nothing is built on the chain any more. */
    retiredAt: instantColumn("retired_at"),
    /** The synthetic full that took its place. */
    supersededById: text("superseded_by_id"),
  },
  (table) => [
    index("chains_source_idx").on(table.sourceId, table.createdAt, table.id),
    index("chains_created_idx").on(table.createdAt, table.id),
  ],
);

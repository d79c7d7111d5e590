import { bigint, boolean, integer, jsonb, primaryKey, text } from "drizzle-orm/pg-core";
import type { CheckDefinition } from "../../contracts/drill-checks.ts";
import type { DrillCheckDto } from "../../contracts/drills.ts";
import type { CheckState, CheckType } from "../../domain/drill-checks.ts";
import type { Reason } from "../../domain/error.ts";
import { drills } from "./drills.ts";
import { instantColumn, lifeboat } from "./schema.ts";

/** The checks of one drill, as its plan had them when it began. */
export const drillChecks = lifeboat.table(
  "drill_checks",
  {
    drillId: text("drill_id")
      .notNull()
      .references(() => drills.id, { onDelete: "cascade" }),
    key: text("key").notNull(),
    ordinal: integer("ordinal").notNull(),
    type: text("type").$type<CheckType>().notNull(),
    name: text("name").notNull(),
    mandatory: boolean("mandatory").notNull(),
    definition: jsonb("definition").$type<CheckDefinition>().notNull(),
    state: text("state").$type<CheckState>().notNull().default("pending"),
    expected: text("expected").notNull().default(""),
    actual: text("actual").notNull().default(""),
    reason: jsonb("reason").$type<Reason>(),
    evidence: text("evidence").notNull().default(""),
    startedAt: instantColumn("started_at"),
    finishedAt: instantColumn("finished_at"),
    durationMs: bigint("duration_ms", { mode: "number" }),
    decidedBy: text("decided_by"),
    note: text("note").notNull().default(""),
    attempts: jsonb("attempts").$type<DrillCheckDto["attempts"]>().notNull().default([]),
  },
  (table) => [primaryKey({ columns: [table.drillId, table.key] })],
);

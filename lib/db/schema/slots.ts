import { sql } from "drizzle-orm";
import { boolean, index, integer, text, uniqueIndex } from "drizzle-orm/pg-core";
import type { ScheduleTask, SlotReason, SlotState } from "../../domain/schedule-task.ts";
import { schedules } from "./schedules.ts";
import { instantColumn, lifeboat } from "./schema.ts";
import { sources } from "./sources.ts";

/** Each nominal time of a schedule that has come: exactly one row, whoever looked first. Those to come are worked out, not kept. */
export const slots = lifeboat.table(
  "slots",
  {
    id: text("id").primaryKey(),
    scheduleId: text("schedule_id").references(() => schedules.id, { onDelete: "set null" }),
    sourceId: text("source_id")
      .notNull()
      .references(() => sources.id, { onDelete: "cascade" }),
    task: text("task").$type<ScheduleTask>().notNull(),
    nominalAt: instantColumn("nominal_at").notNull(),
    state: text("state").$type<SlotState>().notNull(),
    reason: text("reason").$type<SlotReason>(),
    late: boolean("late").notNull().default(false),
    /** Not started before: jitter, or the wait before another try. */
    startAt: instantColumn("start_at").notNull(),
    /** Not started after. */
    expiresAt: instantColumn("expires_at").notNull(),
    attempt: integer("attempt").notNull().default(0),
    /** Of the last try. */
    runId: text("run_id"),
    settledAt: instantColumn("settled_at"),
  },
  (table) => [
    uniqueIndex("slots_nominal_key").on(table.scheduleId, table.nominalAt),
    index("slots_open_idx")
      .on(table.startAt, table.id)
      .where(sql`${table.state} in ('waiting', 'started')`),
    index("slots_source_idx").on(table.sourceId, table.nominalAt),
    index("slots_missed_idx")
      .on(table.sourceId, table.nominalAt)
      .where(sql`${table.state} = 'missed'`),
    index("slots_time_idx").on(table.nominalAt),
    index("slots_run_idx").on(table.runId),
  ],
);

import { boolean, index, integer, text } from "drizzle-orm/pg-core";
import type { MissedPolicy, OverlapPolicy, ScheduleTask } from "../../domain/schedule-task.ts";
import { instantColumn, lifeboat } from "./schema.ts";
import { sources } from "./sources.ts";

/** When a source is backed up, verified or cleaned up. `nextDueAt` is why a missed one can be seen. */
export const schedules = lifeboat.table(
  "schedules",
  {
    id: text("id").primaryKey(),
    sourceId: text("source_id")
      .notNull()
      .references(() => sources.id, { onDelete: "cascade" }),
    task: text("task").$type<ScheduleTask>().notNull(),
    cron: text("cron").notNull(),
    timeZone: text("time_zone").notNull(),
    windowMinutes: integer("window_minutes"),
    jitterSeconds: integer("jitter_seconds").notNull().default(0),
    enabled: boolean("enabled").notNull().default(true),
    /** Null: the source's. */
    workerGroup: text("worker_group"),
    onMissed: text("on_missed").$type<MissedPolicy>().notNull().default("catch-up"),
    onOverlap: text("on_overlap").$type<OverlapPolicy>().notNull().default("wait"),
    retries: integer("retries").notNull().default(2),
    retryMinutes: integer("retry_minutes").notNull().default(5),
    pausedUntil: instantColumn("paused_until"),
    /** The next nominal time that has no slot yet; null while it is switched off, or when the expression never comes again. */
    nextDueAt: instantColumn("next_due_at"),
    version: integer("version").notNull().default(1),
    createdAt: instantColumn("created_at").notNull(),
    updatedAt: instantColumn("updated_at").notNull(),
  },
  (table) => [index("schedules_due_idx").on(table.nextDueAt, table.id), index("schedules_source_idx").on(table.sourceId)],
);

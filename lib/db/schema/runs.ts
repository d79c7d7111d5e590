import { sql } from "drizzle-orm";
import { bigint, boolean, index, integer, jsonb, text, uniqueIndex } from "drizzle-orm/pg-core";
import type { RunProgressDto } from "../../contracts/runs.ts";
import type { Reason } from "../../domain/error.ts";
import type { RunState, RunTrigger, RunType } from "../../domain/run-state.ts";
import { instantColumn, lifeboat } from "./schema.ts";

/** One execution of work. This table is the truth; the queue only wakes a worker. */
export const runs = lifeboat.table(
  "runs",
  {
    id: text("id").primaryKey(),
    type: text("type").$type<RunType>().notNull(),
    state: text("state").$type<RunState>().notNull(),
    /** What the run holds while it is active: a source for a backup, a backup for verify and delete, `server/database` for a restore. */
    subject: text("subject").notNull(),
    sourceId: text("source_id"),
    backupId: text("backup_id"),
    serverId: text("server_id"),
    restoreId: text("restore_id"),
    drillId: text("drill_id"),
    /** The slot of a schedule that started it. */
    slotId: text("slot_id"),
    gateId: text("gate_id"),
    /** Claimed only when that run has ended; its executor then looks how. */
    afterRunId: text("after_run_id"),
    isProbe: boolean("is_probe").notNull().default(false),
    workerGroup: text("worker_group").notNull().default("default"),
    trigger: text("trigger").$type<RunTrigger>().notNull(),
    reason: text("reason").notNull().default(""),
    note: text("note").notNull().default(""),
    /** Input of the run type, parsed again by its executor. Secrets in it are sealed. */
    input: jsonb("input").$type<Record<string, unknown>>().notNull().default({}),
    /** Answer of a probe. */
    output: jsonb("output").$type<Record<string, unknown>>(),
    progress: jsonb("progress").$type<RunProgressDto>().notNull(),
    error: jsonb("error").$type<Reason>(),
    warnings: jsonb("warnings").$type<string[]>().notNull().default([]),
    cancelRequestedAt: instantColumn("cancel_requested_at"),
    workerId: text("worker_id"),
    /** Grows with every claim; writes of an older holder are refused. */
    fencingToken: bigint("fencing_token", { mode: "number" }).notNull().default(0),
    leaseExpiresAt: instantColumn("lease_expires_at"),
    createdByType: text("created_by_type").$type<"user" | "token" | "system">().notNull(),
    createdById: text("created_by_id"),
    createdByName: text("created_by_name").notNull(),
    queuedAt: instantColumn("queued_at").notNull(),
    startedAt: instantColumn("started_at"),
    finishedAt: instantColumn("finished_at"),
    version: integer("version").notNull().default(1),
  },
  (table) => [
    uniqueIndex("runs_one_active_key")
      .on(table.type, table.subject)
      .where(sql`${table.state} in ('queued', 'running') and not ${table.isProbe}`),
    index("runs_active_idx")
      .on(table.state, table.leaseExpiresAt)
      .where(sql`${table.state} in ('queued', 'running')`),
    // What has ended since somebody counted last, without the rows.
    index("runs_finished_idx")
      .on(table.finishedAt, table.type, table.state, table.startedAt)
      .where(sql`not ${table.isProbe}`),
    index("runs_queued_idx").on(table.queuedAt, table.id),
    index("runs_source_idx").on(table.sourceId, table.queuedAt),
    index("runs_backup_idx").on(table.backupId),
    index("runs_drill_idx")
      .on(table.drillId)
      .where(sql`${table.drillId} is not null`),
    index("runs_server_active_idx")
      .on(table.serverId)
      .where(sql`${table.state} = 'running'`),
    index("runs_type_idx").on(table.type, table.queuedAt, table.id),
    index("runs_state_idx").on(table.state, table.queuedAt, table.id),
  ],
);

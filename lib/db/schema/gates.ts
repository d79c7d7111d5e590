import { sql } from "drizzle-orm";
import { index, integer, jsonb, text } from "drizzle-orm/pg-core";
import type { BackupKind } from "../../domain/backup-state.ts";
import type { Reason } from "../../domain/error.ts";
import type { GateChecker, GateState } from "../../domain/gate-state.ts";
import { instantColumn, lifeboat } from "./schema.ts";
import { sources } from "./sources.ts";

/** One deployment that asked before it went on. */
export const gates = lifeboat.table(
  "gates",
  {
    id: text("id").primaryKey(),
    sourceId: text("source_id")
      .notNull()
      .references(() => sources.id, { onDelete: "cascade" }),
    state: text("state").$type<GateState>().notNull(),
    kind: text("kind").$type<BackupKind>().notNull(),
    commit: text("commit").notNull().default(""),
    operator: text("operator").notNull().default(""),
    checker: text("checker").$type<GateChecker>().notNull(),
    command: text("command"),
    backupId: text("backup_id"),
    backupRunId: text("backup_run_id"),
    verifyRunId: text("verify_run_id"),
    checkRunId: text("check_run_id"),
    exitCode: integer("exit_code"),
    /** Of the check, bounded and redacted. */
    output: text("output").notNull().default(""),
    error: jsonb("error").$type<Reason>(),
    createdByType: text("created_by_type").$type<"user" | "token" | "system">().notNull(),
    createdById: text("created_by_id"),
    createdByName: text("created_by_name").notNull(),
    startedAt: instantColumn("started_at").notNull(),
    backedUpAt: instantColumn("backed_up_at"),
    verifiedAt: instantColumn("verified_at"),
    endedAt: instantColumn("ended_at"),
    deadlineAt: instantColumn("deadline_at").notNull(),
  },
  (table) => [
    index("gates_started_idx").on(table.startedAt, table.id),
    index("gates_source_idx").on(table.sourceId, table.startedAt),
    index("gates_open_idx")
      .on(table.deadlineAt)
      .where(sql`${table.state} not in ('passed', 'failed')`),
  ],
);

import { sql } from "drizzle-orm";
import { bigint, boolean, index, integer, jsonb, text, uniqueIndex } from "drizzle-orm/pg-core";
import type { DrillTargetChoice } from "../../contracts/drill-plans.ts";
import type { DrillDetailDto, DrillPreflightDto } from "../../contracts/drills.ts";
import type { Reason } from "../../domain/error.ts";
import type { DrillState, DrillVerdict } from "../../domain/drill-state.ts";
import { instantColumn, lifeboat } from "./schema.ts";
import { sources } from "./sources.ts";

/** One rehearsal of a restore. What it restored is kept by name and number, so that its history outlives the backup. */
export const drills = lifeboat.table(
  "drills",
  {
    id: text("id").primaryKey(),
    sourceId: text("source_id")
      .notNull()
      .references(() => sources.id),
    planId: text("plan_id").notNull(),
    state: text("state").$type<DrillState>().notNull(),
    trigger: text("trigger").$type<"manual" | "api" | "schedule">().notNull(),
    unattended: boolean("unattended").notNull().default(false),
    /** Of the person who is asked for; the system's own drills have none. */
    operatorId: text("operator_id"),
    operatorName: text("operator_name").notNull(),
    /** Asked for by hand instead of the plan's choice; null: by the plan. */
    wantedBackupId: text("wanted_backup_id"),
    wantedTarget: jsonb("wanted_target").$type<DrillTargetChoice>().notNull(),
    backupId: text("backup_id"),
    backup: jsonb("backup").$type<NonNullable<DrillDetailDto["backup"]>>(),
    target: jsonb("target").$type<NonNullable<DrillDetailDto["target"]>>(),
    /** What the copy is reached by (addresses, roles, passwords, folders), sealed; null while there is none. */
    sealedAccess: text("sealed_access"),
    /** Set in the transaction before anything is made on the target, cleared when it is proven to be gone. */
    hasTarget: boolean("has_target").notNull().default(false),
    preflight: jsonb("preflight").$type<DrillPreflightDto>(),
    recoveryTimeSeconds: integer("recovery_time_seconds"),
    recoveryPointSeconds: integer("recovery_point_seconds"),
    playbookVersion: integer("playbook_version").notNull(),
    playbook: text("playbook").notNull(),
    /** The recovery clock: begins with the first restore, ends when the last mandatory check has passed. */
    clockStartedAt: instantColumn("clock_started_at"),
    clockStoppedAt: instantColumn("clock_stopped_at"),
    machineMs: bigint("machine_ms", { mode: "number" }).notNull().default(0),
    pausedMs: bigint("paused_ms", { mode: "number" }).notNull().default(0),
    pausedAt: instantColumn("paused_at"),
    /** Bytes of the restored copy, for the next drill's bounds. */
    copyBytes: bigint("copy_bytes", { mode: "number" }),
    problem: jsonb("problem").$type<Reason>(),
    verdict: text("verdict").$type<DrillVerdict>(),
    /** It proved its backup: less than every verdict that is not a failure, see `isProven`. */
    proven: boolean("proven").notNull().default(false),
    findings: jsonb("findings").$type<DrillDetailDto["findings"]>().notNull().default([]),
    improvement: text("improvement").notNull().default(""),
    signOff: jsonb("sign_off").$type<NonNullable<DrillDetailDto["signOff"]>>(),
    cleanUp: jsonb("clean_up").$type<NonNullable<DrillDetailDto["cleanUp"]>>(),
    events: jsonb("events").$type<DrillDetailDto["events"]>().notNull().default([]),
    reportId: text("report_id"),
    incidentId: text("incident_id"),
    nextDueAt: instantColumn("next_due_at"),
    startedAt: instantColumn("started_at").notNull(),
    closedAt: instantColumn("closed_at"),
    version: integer("version").notNull().default(1),
  },
  (table) => [
    uniqueIndex("drills_one_open_key")
      .on(table.sourceId)
      .where(sql`${table.state} not in ('closed', 'aborted')`),
    index("drills_source_idx").on(table.sourceId, table.startedAt),
    index("drills_started_idx").on(table.startedAt, table.id),
    index("drills_backup_idx").on(table.backupId),
    // Answers what passed, and when each source last did, without the rows.
    index("drills_closed_idx")
      .on(table.sourceId, table.closedAt, table.id, table.verdict, table.proven)
      .where(sql`${table.state} = 'closed'`),
  ],
);

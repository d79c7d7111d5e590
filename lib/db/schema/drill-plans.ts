import { boolean, index, integer, jsonb, text } from "drizzle-orm/pg-core";
import type { CheckDefinition } from "../../contracts/drill-checks.ts";
import type { DrillCadence, DrillSelection, DrillTargetChoice } from "../../contracts/drill-plans.ts";
import { instantColumn, lifeboat } from "./schema.ts";
import { sources } from "./sources.ts";
import { users } from "./users.ts";

/** How a source is rehearsed; every source has one, proposed until somebody saves it. */
export const drillPlans = lifeboat.table(
  "drill_plans",
  {
    id: text("id").primaryKey(),
    sourceId: text("source_id")
      .notNull()
      .unique()
      .references(() => sources.id, { onDelete: "cascade" }),
    enabled: boolean("enabled").notNull().default(true),
    selection: jsonb("selection").$type<DrillSelection>().notNull(),
    target: jsonb("target").$type<DrillTargetChoice>().notNull(),
    recoveryTimeSeconds: integer("recovery_time_seconds"),
    recoveryPointSeconds: integer("recovery_point_seconds"),
    cadence: jsonb("cadence").$type<DrillCadence>().notNull(),
    graceDays: integer("grace_days").notNull(),
    ownerId: text("owner_id").references(() => users.id, { onDelete: "set null" }),
    checks: jsonb("checks").$type<CheckDefinition[]>().notNull(),
    playbookVersion: integer("playbook_version").notNull().default(1),
    unattended: boolean("unattended").notNull().default(false),
    proposed: boolean("proposed").notNull().default(true),
    nextDueAt: instantColumn("next_due_at").notNull(),
    /** When the schedule last tried to start a drill by itself, so that one which cannot start is not tried every few seconds. */
    triedAt: instantColumn("tried_at"),
    version: integer("version").notNull().default(1),
    createdAt: instantColumn("created_at").notNull(),
    updatedAt: instantColumn("updated_at").notNull(),
  },
  (table) => [index("drill_plans_due_idx").on(table.nextDueAt, table.id)],
);

import { sql } from "drizzle-orm";
import { index, integer, jsonb, serial, text, uniqueIndex } from "drizzle-orm/pg-core";
import type { IncidentDetailDto } from "../../contracts/incidents.ts";
import type { IncidentKind, IncidentSeverity, IncidentState } from "../../domain/incident-state.ts";
import { instantColumn, lifeboat } from "./schema.ts";
import { sources } from "./sources.ts";
import { users } from "./users.ts";

/** What went wrong and who sees to it. */
export const incidents = lifeboat.table(
  "incidents",
  {
    id: text("id").primaryKey(),
    number: serial("number").notNull().unique(),
    title: text("title").notNull(),
    kind: text("kind").$type<IncidentKind>().notNull(),
    severity: text("severity").$type<IncidentSeverity>().notNull(),
    state: text("state").$type<IncidentState>().notNull(),
    sourceId: text("source_id").references(() => sources.id),
    drillId: text("drill_id"),
    runIds: jsonb("run_ids").$type<string[]>().notNull().default([]),
    assigneeId: text("assignee_id").references(() => users.id, { onDelete: "set null" }),
    rootCause: text("root_cause").notNull().default(""),
    checklist: jsonb("checklist").$type<IncidentDetailDto["checklist"]>().notNull(),
    timeline: jsonb("timeline").$type<IncidentDetailDto["timeline"]>().notNull(),
    openedAt: instantColumn("opened_at").notNull(),
    openedByName: text("opened_by_name").notNull(),
    closedAt: instantColumn("closed_at"),
    closedByName: text("closed_by_name"),
    version: integer("version").notNull().default(1),
  },
  (table) => [
    // One open incident of a kind per source: what fails again is told in its timeline.
    uniqueIndex("incidents_one_open_key")
      .on(table.kind, table.sourceId)
      .where(sql`${table.state} = 'open' and ${table.kind} <> 'manual'`),
    index("incidents_state_idx").on(table.state, table.openedAt, table.id),
    index("incidents_source_idx").on(table.sourceId),
    index("incidents_drill_idx").on(table.drillId),
  ],
);

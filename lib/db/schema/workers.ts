import { integer, jsonb, text } from "drizzle-orm/pg-core";
import type { DrillHooksDto } from "../../contracts/drill-plans.ts";
import type { WorkerDto } from "../../contracts/system.ts";
import { instantColumn, lifeboat } from "./schema.ts";

export const workers = lifeboat.table("workers", {
  id: text("id").primaryKey(),
  hostName: text("host_name").notNull(),
  pid: integer("pid").notNull(),
  group: text("worker_group").notNull(),
  nodeVersion: text("node_version").notNull(),
  toolSets: jsonb("tool_sets").$type<WorkerDto["toolSets"]>().notNull().default([]),
  disks: jsonb("disks").$type<WorkerDto["disks"]>().notNull().default([]),
  /** What the host's configuration allows drills to start: names alone, commands stay there. */
  hooks: jsonb("hooks").$type<DrillHooksDto>(),
  startedAt: instantColumn("started_at").notNull(),
  heartbeatAt: instantColumn("heartbeat_at").notNull(),
  stoppedAt: instantColumn("stopped_at"),
});

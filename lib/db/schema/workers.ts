import { integer, jsonb, text } from "drizzle-orm/pg-core";
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
  startedAt: instantColumn("started_at").notNull(),
  heartbeatAt: instantColumn("heartbeat_at").notNull(),
  stoppedAt: instantColumn("stopped_at"),
});

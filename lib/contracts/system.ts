import { z } from "zod";
import { sourceEngines } from "../domain/backup-state.ts";
import { incidentKinds } from "../domain/incident-state.ts";
import { needCodes } from "../domain/overview-needs.ts";
import { actorRef, count, instant, reason } from "./common.ts";
import { defineEndpoint } from "./endpoint.ts";
import { run } from "./runs.ts";

export const toolSet = z.object({
  major: z.number().int(),
  /** For example `15.20`. */
  version: z.string(),
  path: z.string(),
  /** Which of pg_dump, pg_restore, pg_dumpall, psql, pg_basebackup were found there. */
  tools: z.array(z.string()),
  missing: z.array(z.string()),
  hasServer: z.boolean(),
  /** Below this minor, foreign archives are not opened (a flaw lets an archive run code while it is restored). */
  safeMinimum: z.string().nullable(),
  belowSafeMinimum: z.boolean(),
  /** The command that installs or updates it on this machine, where one is known. */
  cure: z.string().nullable(),
});
export type ToolSetDto = z.infer<typeof toolSet>;

export const worker = z.object({
  id: z.string(),
  hostName: z.string(),
  pid: z.number().int(),
  group: z.string(),
  startedAt: instant,
  heartbeatAt: instant,
  alive: z.boolean(),
  nodeVersion: z.string(),
  toolSets: z.array(toolSet),
  disks: z.array(z.object({ purpose: z.enum(["backups", "temporary", "data"]), path: z.string(), freeBytes: count, totalBytes: count })),
});
export type WorkerDto = z.infer<typeof worker>;

export const systemStatus = z.object({
  version: z.string(),
  catalogue: z.enum(["embedded", "external"]),
  autoBackup: z.enum(["enabled", "disabled"]),
  workers: z.array(worker),
  destinations: z.array(z.object({ id: z.string(), name: z.string(), type: z.string(), path: z.string(), problem: reason.nullable() })),
  /** Visible troubles with their cure: a missing tool, no worker, a full disk. */
  problems: z.array(reason),
  sampleAvailable: z.boolean(),
});
export type SystemStatusDto = z.infer<typeof systemStatus>;

export const getSystemStatus = defineEndpoint({
  id: "getSystemStatus",
  method: "GET",
  path: "/system",
  summary: "Tool sets, workers, disks and what is wrong with them",
  permission: "system:read",
  response: systemStatus,
});

/** One thing that wants an admin, with the one button that leads on. */
export const needsYou = z.object({
  code: z.enum(needCodes),
  sourceId: z.string().nullable(),
  sourceName: z.string().nullable(),
  sourceEngine: z.enum(sourceEngines).nullable(),
  runId: z.string().nullable(),
  backupId: z.string().nullable(),
  /** `drill-failed`: the last drill. */
  drillId: z.string().nullable(),
  /** `incident-open`: which; the title is null where it is as its kind says. */
  incidentId: z.string().nullable(),
  incidentNumber: z.number().int().nullable(),
  incidentTitle: z.string().nullable(),
  incidentKind: z.enum(incidentKinds).nullable(),
  /** `kept-database`: the replacement that keeps it, the name that was replaced, and the name that it is kept under. */
  restoreId: z.string().nullable(),
  database: z.string().nullable(),
  keptName: z.string().nullable(),
  /** `no-worker`: the group that has none; null: no worker at all. */
  group: z.string().nullable(),
  since: instant.nullable(),
});

export const overview = z.object({
  verdict: z.object({
    level: z.enum(["good", "attention", "bad", "empty"]),
    /** Sentence key in `overview.verdict.<code>`. */
    code: z.enum([
      "no-sources",
      "all-proven",
      "all-good",
      "all-stored",
      "some-without-backup",
      "some-missed",
      "some-old",
      "some-diverged",
      "some-failed",
      "some-drill-failed",
      "some-drill-overdue",
      "some-alerts",
      "channel-failing",
      "no-worker",
      "group-without-worker",
      "tools-missing",
      "no-space",
      "clock-suspect",
      "destination-unreachable",
    ]),
    sources: count,
    affected: count,
    /** Sources that somebody paused. */
    paused: count,
    /** Sources of which a backup was ever restored and compared with success. */
    proven: count,
    /** The oldest proof (or, where nothing was proven yet, verification) among the sources. */
    oldestProofAt: instant.nullable(),
  }),
  needsYou: z.array(needsYou).max(5),
  running: z.array(run),
  autoBackup: z.enum(["enabled", "disabled"]),
});
export type OverviewDto = z.infer<typeof overview>;

export const getOverview = defineEndpoint({
  id: "getOverview",
  method: "GET",
  path: "/overview",
  summary: "The verdict, what needs a person, and what is running",
  permission: "sources:read",
  response: overview,
});

export const searchEverything = defineEndpoint({
  id: "searchEverything",
  method: "GET",
  path: "/search",
  summary: "Sources, servers and backups by name, for the command menu",
  permission: "sources:read",
  query: z.object({ q: z.string().max(200) }),
  response: z.object({
    sources: z.array(z.object({ id: z.string(), name: z.string(), serverName: z.string().nullable(), path: z.string().nullable() })),
    servers: z.array(z.object({ id: z.string(), name: z.string() })),
    backups: z.array(z.object({ id: z.string(), sourceName: z.string(), label: z.string(), snapshotAt: instant, createdBy: actorRef })),
  }),
});

import { z } from "zod";
import { environments, sourceEngines } from "../domain/backup-state.ts";
import { drillVerdicts } from "../domain/drill-state.ts";
import { count, idOf, instant, pageOf, pageQuery, postgresName, reason, removalWhen, text } from "./common.ts";
import { dueStates } from "./drill-plans.ts";
import { defineEndpoint } from "./endpoint.ts";
import { run } from "./runs.ts";

/** A `pg_dump` pattern is never taken from people: schema and table names are exact names. */
const tableName = z.object({ schema: postgresName, table: postgresName });

/** Without defaults: in zod 4 a default inside an optional field fills it in, and a patch would reset what it left out. */
const editable = {
  name: text(120).min(1),
  environment: z.enum(environments),
  excludedSchemas: z.array(postgresName).max(500),
  excludedTables: z.array(tableName).max(2000),
  notes: text(2000),
  /** What is kept, and for how long; null keeps everything. */
  retentionPolicyId: idOf("policy").nullable(),
  /** So many failed backups in a row open an incident; null: never. */
  incidentAfterFailures: z.number().int().min(1).max(100).nullable(),
};

const always = {
  name: editable.name,
  /** Left out: the default policy where there is one; else a file keeps its last 20 and a database everything. */
  retentionPolicyId: editable.retentionPolicyId.optional(),
  environment: editable.environment.default("development"),
  notes: editable.notes.default(""),
};

export const postgresSourceInput = z.object({
  engine: z.literal("postgres").default("postgres"),
  serverId: idOf("server"),
  database: postgresName,
  ...always,
  excludedSchemas: editable.excludedSchemas.default([]),
  excludedTables: editable.excludedTables.default([]),
});

/** An absolute path on the worker's host, inside one of the folders that its configuration allows. */
const filePath = z
  .string()
  .min(2)
  .max(4096)
  .regex(/^\/[^\u0000]*$/u, "an absolute path");

export const sqliteSourceInput = z.object({
  engine: z.literal("sqlite"),
  path: filePath,
  ...always,
});
export const sourceInput = z.union([sqliteSourceInput, postgresSourceInput]);
export const sourcePatch = z
  .object({
    ...editable,
    paused: z.boolean(),
    /** When the pause ends by itself; null: when somebody resumes it. Naming a time pauses. */
    pausedUntil: instant.nullable(),
  })
  .partial();

/** One day of the 30-day strip, in UTC. `missed`: times of its backup schedules at which nothing started; `planned`: those of today still to come. */
export const stripDay = z.object({ day: z.iso.date(), good: count, failed: count, missed: count, planned: count });

export const source = z.object({
  id: idOf("source"),
  slug: z.string(),
  name: z.string(),
  engine: z.enum(sourceEngines),
  /** Null for a file. */
  serverId: idOf("server").nullable(),
  serverName: z.string().nullable(),
  serverVersion: z.string().nullable(),
  database: z.string(),
  /** Of a file. */
  path: z.string().nullable(),
  retentionPolicyId: idOf("policy").nullable(),
  retentionPolicyName: z.string().nullable(),
  incidentAfterFailures: z.number().int().nullable(),
  environment: z.enum(environments),
  excludedSchemas: z.array(z.string()),
  excludedTables: z.array(tableName),
  notes: z.string(),
  pausedAt: instant.nullable(),
  /** When the pause ends by itself; null: not paused, or until somebody resumes it. */
  pausedUntil: instant.nullable(),
  isSample: z.boolean(),
  sizeBytes: count.nullable(),
  backupCount: count,
  storedBytes: count,
  lastGoodBackupId: z.string().nullable(),
  lastGoodAt: instant.nullable(),
  lastVerifiedAt: instant.nullable(),
  /** When a backup of it was last restored and compared with success, in a drill. */
  lastProvenAt: instant.nullable(),
  /** When its schedules start the next backup; null without any, and while it is paused until somebody resumes it. */
  nextBackupAt: instant.nullable(),
  /** How old its newest good backup may be, by its schedules (without any: 26 hours), and whether it is no older. */
  objectiveSeconds: count,
  objectiveMet: z.boolean(),
  /** Where it stands with its drills; null without a plan. */
  drill: z
    .object({
      due: z.enum(dueStates),
      nextDueAt: instant,
      /** The drill that is not over. */
      openId: z.string().nullable(),
      /** The last one that was closed. */
      lastId: z.string().nullable(),
      lastVerdict: z.enum(drillVerdicts).nullable(),
    })
    .nullable(),
  lastRun: run.nullable(),
  activeRun: run.nullable(),
  version: z.number().int(),
  createdAt: instant,
});
export type SourceDto = z.infer<typeof source>;

export const sourceDetail = source.extend({
  strip: z.array(stripDay).length(30),
  /** What would stop a backup now, as far as the catalogue knows (tools, worker, space, last check). */
  blockers: z.array(reason),
  toolSet: z.object({ major: z.number().int(), version: z.string(), path: z.string() }).nullable(),
});
export type SourceDetailDto = z.infer<typeof sourceDetail>;

const byId = z.object({ id: idOf("source") });

export const listSources = defineEndpoint({
  id: "listSources",
  method: "GET",
  path: "/sources",
  summary: "Sources by name, with the 30-day strip",
  permission: "sources:read",
  query: pageQuery.extend({
    q: z.string().max(200).optional(),
    server: idOf("server").optional(),
    environment: z.enum(environments).optional(),
  }),
  response: pageOf(source.extend({ strip: z.array(stripDay).length(30) })),
});

/** What filters and menus choose from: no strips, no sizes, and all sources at once. */
export const listSourceNames = defineEndpoint({
  id: "listSourceNames",
  method: "GET",
  path: "/sources/names",
  summary: "Every source by name",
  permission: "sources:read",
  response: z.object({
    items: z.array(
      z.object({
        id: idOf("source"),
        name: z.string(),
        engine: z.enum(sourceEngines),
        serverName: z.string().nullable(),
        path: z.string().nullable(),
        paused: z.boolean(),
        /** The backup of it that is queued or running. */
        activeRunId: idOf("run").nullable(),
      }),
    ),
  }),
});

export const createSource = defineEndpoint({
  id: "createSource",
  method: "POST",
  path: "/sources",
  summary: "Protect one database of a server",
  permission: "sources:write",
  body: sourceInput,
  response: source,
  status: 201,
});

/** Asked before a file becomes a source: is it there, allowed, an SQLite database. A worker looks. */
export const checkFile = defineEndpoint({
  id: "checkFile",
  method: "POST",
  path: "/sources/check-file",
  summary: "Look at an SQLite file on the worker's host, or (without a path) at the folders that are allowed",
  permission: "sources:write",
  body: z.object({ path: filePath.optional() }),
  response: z.object({
    /** The allowed folders; empty means that none is configured. */
    roots: z.array(z.string()),
    path: z.string().nullable(),
    /** Files that look like SQLite databases, in `path` when it is a folder, or in the allowed folders. */
    files: z.array(z.object({ path: z.string(), bytes: count, modifiedAt: instant, protectedBy: z.string().nullable() })).max(500),
    file: z.object({ bytes: count, journalMode: z.string(), tables: count, pageBytes: count, sqliteVersion: z.string() }).nullable(),
    problem: reason.nullable(),
  }),
});
export type CheckFileDto = z.infer<typeof checkFile.response>;

export const getSource = defineEndpoint({
  id: "getSource",
  method: "GET",
  path: "/sources/{id}",
  summary: "One source",
  permission: "sources:read",
  params: byId,
  response: sourceDetail,
});

export const updateSource = defineEndpoint({
  id: "updateSource",
  method: "PATCH",
  path: "/sources/{id}",
  summary: "Change, pause or resume a source",
  permission: "sources:write",
  params: byId,
  body: sourcePatch,
  response: source,
  ifMatch: true,
});

export const deleteSource = defineEndpoint({
  id: "deleteSource",
  method: "DELETE",
  path: "/sources/{id}",
  summary:
    "Remove a source; with backups=keep they stay listed and restorable, with backups=delete runs move them to the trash, or with when=now remove them",
  permission: "sources:write",
  params: byId,
  query: z.object({ backups: z.enum(["keep", "delete"]), when: removalWhen }),
  response: z.null(),
  status: 204,
  ifMatch: true,
});

/** Tables of the source as its last good backup recorded them, and which of them are left out. */
export const listSourceTables = defineEndpoint({
  id: "listSourceTables",
  method: "GET",
  path: "/sources/{id}/tables",
  summary: "Tables known from the last good backup",
  permission: "sources:read",
  params: byId,
  response: z.object({
    backupId: z.string().nullable(),
    tables: z.array(z.object({ schema: z.string(), table: z.string(), rows: count, bytes: count })),
  }),
});

import { z } from "zod";
import { backupKinds, backupOrigins, backupStates, copyStates, proofLevels, streamExtensions } from "../domain/backup-state.ts";
import { runTriggers } from "../domain/run-state.ts";
import { actorRef, count, idOf, instant, pageOf, pageQuery, params, reason, removalWhen, text } from "./common.ts";
import { defineEndpoint } from "./endpoint.ts";
import { runDetail } from "./runs.ts";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** One step of the meter: `yes` with its time, `failed` with the time of the failure, or `never`. */
export const meterStep = z.object({ state: z.enum(["never", "yes", "failed"]), at: instant.nullable() });
export const meter = z.object({ stored: meterStep, verified: meterStep, proven: meterStep });
export type MeterDto = z.infer<typeof meter>;

export const backup = z.object({
  id: idOf("backup"),
  sourceId: idOf("source"),
  sourceName: z.string(),
  database: z.string(),
  chainId: idOf("chain"),
  kind: z.enum(backupKinds),
  origin: z.enum(backupOrigins),
  /** The kind that was asked for and why a full was made instead; null when it is the kind that it is. */
  askedKind: z.enum(backupKinds).nullable(),
  kindReason: reason.nullable(),
  /** The full it descends from, and the backup it was compared with; they may be gone when nothing of them is needed. */
  baseId: z.string().nullable(),
  parentId: z.string().nullable(),
  /** Of a synthetic full: the member that it was made from. */
  derivedFromId: z.string().nullable(),
  extension: z.enum(streamExtensions),
  /** Other backups whose packs are read to restore this one. */
  needs: count,
  /** A pack that it needs is known as missing or damaged; null when, as far as is known, it can be restored. */
  broken: reason.nullable(),
  state: z.enum(backupStates),
  meter,
  trigger: z.enum(runTriggers),
  reason: z.string(),
  label: z.string(),
  note: z.string(),
  pinned: z.boolean(),
  /** The snapshot's time: the state of the source that a restore gives back. */
  snapshotAt: instant,
  startedAt: instant,
  finishedAt: instant.nullable(),
  durationMs: count.nullable(),
  streamBytes: count,
  storedBytes: count,
  serverVersion: z.string(),
  toolVersion: z.string(),
  fileName: z.string(),
  anomalies: z.array(z.object({ code: z.string(), params })),
  warnings: z.array(z.string()),
  createdBy: actorRef,
  runId: z.string().nullable(),
  version: z.number().int(),
});
export type BackupDto = z.infer<typeof backup>;

export const backupTable = z.object({
  schema: z.string(),
  table: z.string(),
  rows: count,
  bytes: count,
  sha256,
  /** Data of this table was left out on purpose. */
  excluded: z.boolean(),
});
export type BackupTableDto = z.infer<typeof backupTable>;

export const validation = z.object({
  id: idOf("validation"),
  level: z.enum(proofLevels),
  verdict: z.enum(["passed", "failed"]),
  runId: z.string().nullable(),
  at: instant,
  durationMs: count,
  checks: z.array(
    z.object({ code: z.string(), verdict: z.enum(["passed", "failed", "skipped"]), expected: z.string(), actual: z.string() }),
  ),
});
export type ValidationDto = z.infer<typeof validation>;

export const databaseProperties = z.object({
  owner: z.string(),
  encoding: z.string(),
  localeProvider: z.string(),
  collate: z.string(),
  ctype: z.string(),
  icuLocale: z.string().nullable(),
  acl: z.array(z.string()),
  settings: z.array(z.object({ role: z.string().nullable(), setting: z.string() })),
  comment: z.string().nullable(),
  connectionLimit: z.number().int(),
});
export type DatabaseProperties = z.infer<typeof databaseProperties>;

export const backupDetail = backup.extend({
  streams: z.array(z.object({ name: z.string(), bytes: count, sha256, rootHash: sha256, segments: count })),
  packs: z.array(z.object({ id: idOf("pack"), key: z.string(), bytes: count, packSha256: sha256 })),
  copies: z.array(
    z.object({
      id: idOf("copy"),
      destinationId: idOf("destination"),
      destinationName: z.string(),
      state: z.enum(copyStates),
      storedAt: instant.nullable(),
      verifiedAt: instant.nullable(),
    }),
  ),
  properties: databaseProperties.nullable(),
  extensions: z.array(z.object({ name: z.string(), version: z.string(), schema: z.string() })),
  roles: z.array(z.string()),
  sequences: z.array(z.object({ schema: z.string(), name: z.string(), lastValue: z.string() })),
  migrationHead: z.object({ tool: z.string(), head: z.string() }).nullable(),
  excludedSchemas: z.array(z.string()),
  excludedTables: z.array(z.object({ schema: z.string(), table: z.string() })),
  tableCount: count,
  rowCount: count,
  /** Of an imported backup: the file as it came. */
  imported: z.object({ fileName: z.string(), bytes: count, sha256, format: z.string() }).nullable(),
  /** Stock commands that restore this very file without Lifeboat. */
  stockCommands: z.array(z.string()),
});
export type BackupDetailDto = z.infer<typeof backupDetail>;

const byId = z.object({ id: idOf("backup") });

export const createBackup = defineEndpoint({
  id: "createBackup",
  method: "POST",
  path: "/backups",
  summary:
    "Back up a source now; a member without a usable base becomes a full and says why; 409 with the running one's id when one is active",
  permission: "backups:create",
  body: z.object({
    sourceId: idOf("source"),
    kind: z.enum(backupKinds).default("full"),
    reason: text(200).default(""),
    note: text(2000).default(""),
  }),
  response: runDetail,
  status: 202,
});

export const listBackups = defineEndpoint({
  id: "listBackups",
  method: "GET",
  path: "/backups",
  summary: "Backups, newest first by default",
  permission: "backups:read",
  query: pageQuery.extend({
    q: z.string().max(200).optional(),
    source: idOf("source").optional(),
    chain: idOf("chain").optional(),
    kind: z.enum(backupKinds).optional(),
    proof: z.enum(["stored", "verified", "proven", "unverified", "failed"]).optional(),
    pinned: z.stringbool().optional(),
    sort: z.enum(["snapshotAt", "-snapshotAt", "streamBytes", "-streamBytes", "storedBytes", "-storedBytes"]).default("-snapshotAt"),
  }),
  response: pageOf(backup),
});

export const getBackup = defineEndpoint({
  id: "getBackup",
  method: "GET",
  path: "/backups/{id}",
  summary: "One backup with its streams, packs, copies and properties",
  permission: "backups:read",
  params: byId,
  response: backupDetail,
});

export const listBackupTables = defineEndpoint({
  id: "listBackupTables",
  method: "GET",
  path: "/backups/{id}/tables",
  summary: "Every table with its exact row count and content digest",
  permission: "backups:read",
  params: byId,
  response: z.object({ tables: z.array(backupTable) }),
});

export const getBackupContents = defineEndpoint({
  id: "getBackupContents",
  method: "GET",
  path: "/backups/{id}/contents",
  summary: "The archive's own table of contents, as pg_restore --list prints it",
  permission: "backups:read",
  params: byId,
  response: z.object({ listing: z.string() }),
});

export const listBackupValidations = defineEndpoint({
  id: "listBackupValidations",
  method: "GET",
  path: "/backups/{id}/validations",
  summary: "Every look at this backup, newest first",
  permission: "backups:read",
  params: byId,
  response: z.object({ validations: z.array(validation) }),
});

export const updateBackup = defineEndpoint({
  id: "updateBackup",
  method: "PATCH",
  path: "/backups/{id}",
  summary: "Change label, note or pin",
  permission: "backups:edit",
  params: byId,
  body: z.object({ label: text(120), note: text(2000), pinned: z.boolean() }).partial(),
  response: backup,
  ifMatch: true,
});

export const verifyBackup = defineEndpoint({
  id: "verifyBackup",
  method: "POST",
  path: "/backups/{id}/verify",
  summary: "Check pack, frames, root and flat hash, and the archive's listing",
  permission: "backups:verify",
  params: byId,
  response: runDetail,
  status: 202,
});

export const deleteBackup = defineEndpoint({
  id: "deleteBackup",
  method: "DELETE",
  path: "/backups/{id}",
  summary:
    "Delete a backup: it moves to the trash, or with when=now is removed for good, storage first, row last; with dependents=delete also what needs it",
  permission: "backups:delete",
  params: byId,
  query: z.object({ dependents: z.enum(["refuse", "delete"]).default("refuse"), when: removalWhen }),
  response: runDetail,
  status: 202,
  ifMatch: true,
});

/** What a delete would take with it; asked for before the dialog is shown. */
export const getDeleteConsequences = defineEndpoint({
  id: "getDeleteConsequences",
  method: "GET",
  path: "/backups/{id}/delete-consequences",
  summary: "What deleting this backup would mean",
  permission: "backups:read",
  params: byId,
  response: z.object({
    storedBytes: count,
    /** What needs it, directly or through another, in the order of making; with `dependents=delete` they go first. */
    dependents: z.array(
      z.object({ id: idOf("backup"), kind: z.enum(backupKinds), snapshotAt: instant, storedBytes: count, pinned: z.boolean() }),
    ),
    isLastGood: z.boolean(),
    isLastVerified: z.boolean(),
    pinned: z.boolean(),
    remaining: count,
    /** Days that it would wait in the trash. */
    graceDays: count,
  }),
});

export const synthesizeBackup = defineEndpoint({
  id: "synthesizeBackup",
  method: "POST",
  path: "/backups/{id}/synthesize",
  summary: "Turn a chain member into a full by copying byte ranges, without touching the source",
  permission: "backups:create",
  params: byId,
  response: runDetail,
  status: 202,
});

/** Served by the web server itself, with Content-Length and Range; described here for clients and OpenAPI. */
export const downloadBackup = defineEndpoint({
  id: "downloadBackup",
  method: "GET",
  path: "/backups/{id}/download",
  summary: "The file: format=dump is the plain archive, format=stored the pack as it lies in storage; Range is understood",
  permission: "backups:download",
  params: byId,
  query: z.object({ format: z.enum(["dump", "stored"]).default("dump") }),
  response: z.string(),
});

import { z } from "zod";
import { count, idOf, instant, pageOf, pageQuery, params, reason } from "./common.ts";
import { defineEndpoint } from "./endpoint.ts";
import { run, runDetail } from "./runs.ts";

const tableName = z.object({ schema: z.string().min(1).max(63), table: z.string().min(1).max(63) });

export const restoreContent = ["all", "schema", "data"] as const;

export const restoreInput = z.object({
  backupId: idOf("backup"),
  serverId: idOf("server"),
  database: z.string().min(1).max(63),
  content: z.enum(restoreContent).default("all"),
  /** Empty means every table. Chosen tables bring their own definition and data. */
  tables: z.array(tableName).max(2000).default([]),
  /** `keep` sets the recorded owners and grants; `none` gives everything to the restoring role (`--no-owner --no-privileges`). */
  owners: z.enum(["keep", "none"]).default("keep"),
  jobs: z.coerce.number().int().min(1).max(16).default(2),
  keepOnFailure: z.boolean().default(false),
});
export type RestoreInput = z.infer<typeof restoreInput>;

export const restorePreview = z.object({
  backupId: idOf("backup"),
  serverId: idOf("server"),
  serverName: z.string(),
  serverVersion: z.string(),
  backupServerVersion: z.string(),
  toolVersion: z.string().nullable(),
  database: z.string(),
  databaseExists: z.boolean(),
  /** Names of databases on the target, so that what exists there can be shown. */
  existingDatabases: z.array(z.string()),
  streamBytes: count,
  /** Null where the server does not tell (it has no function for it); then only the worker's own disk is known. */
  serverFreeBytes: count.nullable(),
  workerFreeBytes: count,
  missingRoles: z.array(z.string()),
  missingExtensions: z.array(z.string()),
  missingTablespaces: z.array(z.string()),
  missingLocale: z.string().nullable(),
  tables: count,
  rows: count,
  /** Things to know that stop nothing. */
  warnings: z.array(reason),
  /** Things that stop it; empty means that the restore can start. */
  blockers: z.array(reason),
});
export type RestorePreviewDto = z.infer<typeof restorePreview>;

export const tableComparison = z.object({
  schema: z.string(),
  table: z.string(),
  expectedRows: count,
  actualRows: count.nullable(),
  expectedSha256: z.string(),
  actualSha256: z.string().nullable(),
  verdict: z.enum(["equal", "different", "missing", "not-restored"]),
});
export type TableComparisonDto = z.infer<typeof tableComparison>;

/** A line of `pg_restore`'s standard error that is an error, and what it means. */
export const restoreError = z.object({
  /** `ownership` and `privileges`: roles missing; `extension`; `exists`; `data`: rows were lost; `other`. */
  class: z.enum(["ownership", "privileges", "extension", "exists", "data", "other"]),
  entry: z.string(),
  message: z.string(),
});

export const restore = z.object({
  id: idOf("restore"),
  runId: idOf("run"),
  backupId: idOf("backup"),
  sourceName: z.string(),
  snapshotAt: instant,
  serverId: idOf("server"),
  serverName: z.string(),
  database: z.string(),
  content: z.enum(restoreContent),
  owners: z.enum(["keep", "none"]),
  jobs: z.number().int(),
  tables: z.array(tableName),
  run,
  createdAt: instant,
});
export type RestoreDto = z.infer<typeof restore>;

export const restoreDetail = restore.extend({
  errors: z.array(restoreError),
  /** Null until the copy was compared. */
  comparison: z
    .object({ tables: z.array(tableComparison), equal: count, different: count, rowsExpected: count, rowsActual: count })
    .nullable(),
  /** What became of the new database. */
  outcome: z.enum(["pending", "created", "removed", "kept-after-failure"]),
  facts: params,
});
export type RestoreDetailDto = z.infer<typeof restoreDetail>;

export const previewRestore = defineEndpoint({
  id: "previewRestore",
  method: "POST",
  path: "/restores/preview",
  summary: "What a restore would do and what would stop it (a worker is asked; up to 20 s); nothing is changed",
  permission: "restores:read",
  body: restoreInput,
  response: restorePreview,
});

export const createRestore = defineEndpoint({
  id: "createRestore",
  method: "POST",
  path: "/restores",
  summary: "Restore a backup into a new database",
  permission: "restores:create",
  body: restoreInput,
  response: z.object({ restoreId: idOf("restore"), run: runDetail }),
  status: 202,
});

export const listRestores = defineEndpoint({
  id: "listRestores",
  method: "GET",
  path: "/restores",
  summary: "Restores, newest first",
  permission: "restores:read",
  query: pageQuery.extend({ backup: idOf("backup").optional(), source: idOf("source").optional() }),
  response: pageOf(restore),
});

export const getRestore = defineEndpoint({
  id: "getRestore",
  method: "GET",
  path: "/restores/{id}",
  summary: "One restore with its errors and the exact comparison, table by table",
  permission: "restores:read",
  params: z.object({ id: idOf("restore") }),
  response: restoreDetail,
});

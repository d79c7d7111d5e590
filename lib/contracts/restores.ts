import { z } from "zod";
import { count, idOf, instant, pageOf, pageQuery, params, reason } from "./common.ts";
import { backupKinds, environments } from "../domain/backup-state.ts";
import { defineEndpoint } from "./endpoint.ts";
import { run, runDetail } from "./runs.ts";

const tableName = z.object({ schema: z.string().min(1).max(63), table: z.string().min(1).max(63) });

export const restoreContent = ["all", "schema", "data"] as const;

/** `replace`: the name belongs to a database that is there; the backup takes its place, and the old one is kept beside it. */
export const restoreModes = ["new", "replace"] as const;

/** What to restore: a backup, or the newest backup of a source at or before a date. */
const point = {
  backupId: idOf("backup").optional(),
  sourceId: idOf("source").optional(),
  at: instant.optional(),
};

/** Where to: a database on a server, or a file on the worker's host (SQLite). */
const target = {
  serverId: idOf("server").optional(),
  database: z.string().min(1).max(63).optional(),
  targetPath: z.string().min(2).max(4096).optional(),
};

const restoreFields = z.object({
  ...point,
  ...target,
  mode: z.enum(restoreModes).default("new"),
  /** Replacing a database that is no source yet makes it one; this is its environment. Nothing said means production. */
  targetEnvironment: z.enum(environments).optional(),
  content: z.enum(restoreContent).default("all"),
  /** Empty means every table. Chosen tables bring their own definition and data. */
  tables: z.array(tableName).max(2000).default([]),
  /** `keep` sets the recorded owners and grants; `none` gives everything to the restoring role (`--no-owner --no-privileges`). */
  owners: z.enum(["keep", "none"]).default("keep"),
  jobs: z.coerce.number().int().min(1).max(16).default(2),
  keepOnFailure: z.boolean().default(false),
  /** SQLite in place: go on although another process has the file open. */
  ignoreOpenFile: z.boolean().default(false),
});

type Wanted = Pick<z.infer<typeof restoreFields>, "backupId" | "sourceId" | "at" | "serverId" | "database" | "targetPath">;
const saysWhat = (wanted: Wanted) =>
  wanted.backupId !== undefined
    ? wanted.sourceId === undefined && wanted.at === undefined
    : wanted.sourceId !== undefined && wanted.at !== undefined;
const saysWhere = (wanted: Wanted) =>
  wanted.targetPath !== undefined
    ? wanted.serverId === undefined && wanted.database === undefined
    : wanted.serverId !== undefined && wanted.database !== undefined;
const what = { error: "either backupId, or sourceId and at", path: ["backupId"] };
const where = { error: "either serverId and database, or targetPath", path: ["serverId"] };

export const restoreInput = restoreFields.refine(saysWhat, what).refine(saysWhere, where);
export type RestoreInput = z.infer<typeof restoreInput>;

/** The plan of a restore: which backup, what is read from where, how long it should take, and what would be lost. */
export const readPlan = z.object({
  /** The time that was asked for; that of the backup unless the restore is to a date. */
  wantedAt: instant,
  snapshotAt: instant,
  /** From the backup's time to the wanted time: changes of that stretch are not in it. */
  gapSeconds: count,
  chainId: idOf("chain"),
  kind: z.enum(backupKinds),
  /** In the order of the chain, the backup itself last. */
  packs: z.array(
    z.object({
      backupId: z.string(),
      kind: z.enum(backupKinds).nullable(),
      snapshotAt: instant.nullable(),
      key: z.string(),
      packBytes: count,
      readBytes: count,
      ranges: count,
      present: z.boolean(),
    }),
  ),
  destinationId: idOf("destination"),
  destinationName: z.string(),
  readBytes: count,
  /** Null without a past restore to judge by. */
  estimate: z.object({ milliseconds: count, basedOn: count, bytesPerSecond: count, of: z.enum(["source", "installation"]) }).nullable(),
  /** Rows now in the source, beside those in the backup; null where the source did not answer. */
  changes: z
    .object({
      countedAt: instant,
      tables: z
        .array(
          z.object({
            schema: z.string(),
            table: z.string(),
            backupRows: count.nullable(),
            sourceRows: count.nullable(),
            exact: z.boolean(),
          }),
        )
        .max(500),
      /** Tables left out of the list because their counts agree. */
      unchanged: count,
      truncated: z.boolean(),
    })
    .nullable(),
  /** Why there are no changes to show. */
  changesProblem: reason.nullable(),
});
export type ReadPlanDto = z.infer<typeof readPlan>;

/** What stands where an SQLite backup is to go. */
export const filePlan = z.object({
  path: z.string(),
  exists: z.boolean(),
  bytes: count.nullable(),
  /** Processes of this host that have it open for writing; null where that cannot be known. */
  openBy: count.nullable(),
  freeBytes: count,
});
export type FilePlanDto = z.infer<typeof filePlan>;

/**
 * `swap`: restored into a sibling, validated, then both are renamed in one transaction. `in-place`: the role may not create
 * databases, so everything happens in one transaction of one session, and the safety backup is the way back.
 */
export const replaceStrategies = ["swap", "in-place"] as const;

/** What replacing an existing database would mean. */
export const replacePlan = z.object({
  strategy: z.enum(replaceStrategies),
  /** Why it cannot be a swap. */
  why: reason.nullable(),
  /** The name that the old database would be kept under; the time in it is that of the swap. Null for `in-place`. */
  keptName: z.string().nullable(),
  /** The source that the target is registered as, or null: then it becomes one for the safety backup. */
  sourceId: idOf("source").nullable(),
  sourceName: z.string().nullable(),
  environment: z.enum(environments),
  /** True where the target is production (or nobody said what it is): a second confirmation is asked for. */
  needsProductionConfirmation: z.boolean(),
  /** Sessions in the target now; they are ended at the swap. */
  sessions: count,
  sizeBytes: count.nullable(),
  owner: z.string(),
  tables: count,
  /** Tables of the target that the backup does not have: gone from under the name after a swap, left as they are in place. At most 50 names. */
  extraTables: z.array(z.string()),
  extraTablesTotal: count,
});
export type ReplacePlanDto = z.infer<typeof replacePlan>;

export const restorePreview = z.object({
  backupId: idOf("backup"),
  plan: readPlan,
  /** Null unless the target is a file; the server's fields are null or empty then. */
  file: filePlan.nullable(),
  serverId: idOf("server").nullable(),
  serverName: z.string().nullable(),
  serverVersion: z.string().nullable(),
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
  /** Null unless `mode` is `replace` and the database is there. */
  replace: replacePlan.nullable(),
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
  /** Set when the restore was to a date. */
  wantedAt: instant.nullable(),
  estimatedMs: count.nullable(),
  serverId: idOf("server").nullable(),
  serverName: z.string().nullable(),
  database: z.string(),
  targetPath: z.string().nullable(),
  mode: z.enum(restoreModes),
  content: z.enum(restoreContent),
  owners: z.enum(["keep", "none"]),
  jobs: z.number().int(),
  tables: z.array(tableName),
  run,
  createdAt: instant,
});
export type RestoreDto = z.infer<typeof restore>;

/**
 * Which database answers under the name: `old` (untouched), `new` (replaced), `undone` (the old one again), `unsettled` (the run ended and
 * the server could not be asked yet; a sweep does).
 */
export const answering = ["old", "new", "undone", "unsettled"] as const;

export const replacement = z.object({
  strategy: z.enum(replaceStrategies).nullable(),
  answers: z.enum(answering),
  safetyRun: run.nullable(),
  safetyBackupId: idOf("backup").nullable(),
  /** Name of the old database while it is kept beside the new one. */
  keptName: z.string().nullable(),
  /** After an undo: the name that the restored copy is kept under. */
  restoredName: z.string().nullable(),
  replacedAt: instant.nullable(),
  undoneAt: instant.nullable(),
  /** When what was kept was removed. */
  cleanedAt: instant.nullable(),
  /** The run that undoes or cleans up, while there is one and after it ended. */
  followUp: run.nullable(),
  /** Null: can be done now. */
  undoBlocker: reason.nullable(),
  cleanUpBlocker: reason.nullable(),
});
export type ReplacementDto = z.infer<typeof replacement>;

export const restoreDetail = restore.extend({
  errors: z.array(restoreError),
  /** Null until the copy was compared. */
  comparison: z
    .object({ tables: z.array(tableComparison), equal: count, different: count, rowsExpected: count, rowsActual: count })
    .nullable(),
  /** What became of the new database. */
  outcome: z.enum(["pending", "created", "removed", "kept-after-failure", "replaced"]),
  facts: params,
  /** Null unless `mode` is `replace`. */
  replacement: replacement.nullable(),
});
export type RestoreDetailDto = z.infer<typeof restoreDetail>;

export const previewRestore = defineEndpoint({
  id: "previewRestore",
  method: "POST",
  path: "/restores/preview",
  summary:
    "What a restore would do and what would stop it (a worker is asked; up to 20 s); nothing is changed. With targetPath, permission restores:create",
  permission: "restores:read",
  body: restoreInput,
  response: restorePreview,
});

export const createRestore = defineEndpoint({
  id: "createRestore",
  method: "POST",
  path: "/restores",
  summary: "Restore a backup into a new database, or (mode `replace`, permission restores:replace) in the place of one that is there",
  permission: "restores:create",
  body: restoreFields
    .extend({
      /** The backup that the preview chose for the date; 409 `plan-changed` when another one is now the one. */
      plannedBackupId: idOf("backup").optional(),
      /** What the preview said it would take. */
      estimatedMs: count.optional(),
      /** Mode `replace`: the name of the database, typed again. */
      confirmName: z.string().max(255).optional(),
      /** Mode `replace` on production: said a second time. */
      confirmProduction: z.boolean().default(false),
      /** Mode `replace`: the way that the preview told. After `swap` nothing is loaded in place, where no old database would be kept. */
      strategy: z.enum(replaceStrategies).optional(),
    })
    .refine(saysWhat, what)
    .refine(saysWhere, where),
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

/** The name of what is acted on, typed by whoever asks. */
const typedName = z.object({ confirmName: z.string().min(1).max(63) });

export const undoReplace = defineEndpoint({
  id: "undoReplace",
  method: "POST",
  path: "/restores/{id}/undo",
  summary: "Swap back: the old database gets its name again, the restored one is kept beside it",
  permission: "restores:replace",
  params: z.object({ id: idOf("restore") }),
  body: typedName,
  response: runDetail,
  status: 202,
});

export const cleanUpReplace = defineEndpoint({
  id: "cleanUpReplace",
  method: "POST",
  path: "/restores/{id}/clean-up",
  summary: "Remove the database that a replacement (or its undo) kept; its name is the confirmation",
  permission: "restores:replace",
  params: z.object({ id: idOf("restore") }),
  body: typedName,
  response: runDetail,
  status: 202,
});

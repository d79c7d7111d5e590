import { z } from "zod";
import { count, errorCode, params } from "#lib/contracts/common";
import { filePlan, readPlan, replaceStrategies } from "#lib/contracts/restores";

const reason = z.object({ code: errorCode, params });

/** What stands at the target, and what a restore would meet there. A file has no server: its fields are null or empty then. */
const previewTarget = z.object({
  file: filePlan.nullable(),
  serverVersion: z.string().nullable(),
  toolVersion: z.string().nullable(),
  databaseExists: z.boolean(),
  existingDatabases: z.array(z.string()),
  serverFreeBytes: count.nullable(),
  workerFreeBytes: count,
  missingRoles: z.array(z.string()),
  missingExtensions: z.array(z.string()),
  missingTablespaces: z.array(z.string()),
  missingLocale: z.string().nullable(),
  /** Null unless something is to be replaced and is there. */
  replace: z
    .object({
      strategy: z.enum(replaceStrategies),
      why: reason.nullable(),
      keptName: z.string().nullable(),
      sessions: count,
      sizeBytes: count.nullable(),
      owner: z.string(),
      tables: count,
      extraTables: z.array(z.string()),
      extraTablesTotal: count,
    })
    .nullable(),
  warnings: z.array(reason),
  blockers: z.array(reason),
});
export type PreviewTarget = z.infer<typeof previewTarget>;

/** Output of a `preview-restore` run: what its executor found; the verb adds the texts and what the catalogue knows. */
export const previewOutput = previewTarget.extend({
  /** Packs that are not where they should be. */
  missingKeys: z.array(z.string()),
  changes: readPlan.shape.changes,
  changesProblem: reason.nullable(),
});
export type PreviewOutput = z.infer<typeof previewOutput>;

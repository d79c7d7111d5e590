import { z } from "zod";
import { count, errorCode, params } from "#lib/contracts/common";
import { replaceStrategies } from "#lib/contracts/restores";

const reason = z.object({ code: errorCode, params });

/** Output of a `preview-restore` run: what its executor found; the verb adds the texts. */
export const previewOutput = z.object({
  serverVersion: z.string(),
  toolVersion: z.string().nullable(),
  databaseExists: z.boolean(),
  existingDatabases: z.array(z.string()),
  serverFreeBytes: count.nullable(),
  workerFreeBytes: count,
  missingRoles: z.array(z.string()),
  missingExtensions: z.array(z.string()),
  missingTablespaces: z.array(z.string()),
  missingLocale: z.string().nullable(),
  /** Null unless a database is to be replaced and is there. */
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
export type PreviewOutput = z.infer<typeof previewOutput>;

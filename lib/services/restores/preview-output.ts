import { z } from "zod";
import { count, errorCode, params } from "#lib/contracts/common";

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
  warnings: z.array(reason),
  blockers: z.array(reason),
});
export type PreviewOutput = z.infer<typeof previewOutput>;

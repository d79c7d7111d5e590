import { z } from "zod";
import { count, errorCode, instant, params } from "#lib/contracts/common";

/** Input of a `check-file` run. Null: the allowed folders are asked for. */
export const checkFileInput = z.object({ path: z.string().nullable() });

/** Output of a `check-file` run: what its executor found; the verb adds the texts and who protects what. */
export const checkFileOutput = z.object({
  roots: z.array(z.string()),
  /** Resolved: no links are left in it. */
  path: z.string().nullable(),
  files: z.array(z.object({ path: z.string(), bytes: count, modifiedAt: instant })),
  file: z.object({ bytes: count, journalMode: z.string(), tables: count, pageBytes: count, sqliteVersion: z.string() }).nullable(),
  problem: z.object({ code: errorCode, params }).nullable(),
});
export type CheckFileOutput = z.infer<typeof checkFileOutput>;

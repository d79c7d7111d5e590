import { and, desc, eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { Database, Transaction } from "#lib/db/client";
import { runs } from "#lib/db/schema/runs";

const lineError = z.object({
  class: z.enum(["ownership", "privileges", "extension", "exists", "data", "other"]),
  entry: z.string(),
  message: z.string(),
});

/** What a drill's restore found out and its checks judge; it stands in the output of the run. */
export const restoredFacts = z.object({
  /** The whole stream in a file of the drill's folder, every hash checked: the archive, or for SQLite the copy itself. */
  streamPath: z.string(),
  streamBytes: z.number().int(),
  streamSha256: z.string(),
  /** Of `pg_restore`; 0 for a file. */
  exitCode: z.number().int(),
  /** At most 500, those that are not tolerated first; the counts are of all. Runs of older versions have none. */
  errors: z.array(lineError),
  errorCounts: z.object({ count: z.number().int(), tolerated: z.number().int() }).nullable().default(null),
  /** Roles that were made in the sandbox, and what could not be carried over. */
  rolesCreated: z.array(z.string()),
  roleProblems: z.array(z.string()),
});
export type RestoredFacts = z.infer<typeof restoredFacts>;

/**
 * The latest run of a drill first. Runs of one drill follow each other, and the catalogue's clock says when each began; whoever queued them may have another.
 */
export const latestFirst = [sql`coalesce(${runs.startedAt}, ${runs.finishedAt}) desc nulls first`, desc(runs.id)] as const;

/** Facts of the last restore of a drill that succeeded, with its run; null when there is none. */
export async function loadRestored(db: Database | Transaction, drillId: string): Promise<(RestoredFacts & { runId: string }) | null> {
  const [run] = await db
    .select({ id: runs.id, output: runs.output })
    .from(runs)
    .where(and(eq(runs.drillId, drillId), eq(runs.type, "drill-restore"), eq(runs.state, "succeeded")))
    .orderBy(...latestFirst)
    .limit(1);
  return run === undefined ? null : { ...restoredFacts.parse(run.output), runId: run.id };
}

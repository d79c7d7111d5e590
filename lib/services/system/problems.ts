import { isNull, sql } from "drizzle-orm";
import type { Database } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { sources } from "#lib/db/schema/sources";
import type { Reason } from "#lib/domain/error";
import { findSystemProblems } from "#lib/domain/system-problems";
import { loadNamedGroups } from "./named-groups.ts";
import { loadWorkers, type WorkerRow } from "./workers.ts";

/** Workers and what is wrong with the installation, for the status page and the overview. */
export async function loadSystemProblems(db: Database): Promise<{ workers: WorkerRow[]; problems: Reason[] }> {
  const [workers, groups, largest] = await Promise.all([
    loadWorkers(db),
    loadNamedGroups(db),
    // The newest backup of each source, through the index on (source, time). Tables are named by hand: drizzle writes columns of a
    // one-table select without theirs.
    db
      .select({
        bytes: sql<number | null>`max((
          select newest.stored_bytes from ${backups} as newest
          where newest.source_id = ${sources}.id and newest.state = 'available'
          order by newest.snapshot_at desc limit 1
        ))`.mapWith((value) => (value === null ? null : Number(value))),
      })
      .from(sources)
      .where(isNull(sources.removedAt)),
  ]);
  const problems = findSystemProblems({
    groups,
    workers,
    largestBackupBytes: largest[0]?.bytes ?? null,
  });
  return { workers, problems };
}

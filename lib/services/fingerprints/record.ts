import { and, asc, desc, eq, gte, inArray, isNull, lt, or, sql } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { backupTables } from "#lib/db/schema/backup-tables";
import { backups } from "#lib/db/schema/backups";
import { fingerprints } from "#lib/db/schema/fingerprints";
import { sources } from "#lib/db/schema/sources";
import { proposedSettings, type WatchSettings } from "#lib/domain/fingerprint";
import { makeId } from "#lib/domain/ids";
import { isGood } from "../backups/good.ts";
import { madeAtSql } from "../backups/last-good.ts";
import type { ServiceContext } from "../context.ts";
import { judgeDay, tellFindings } from "./judge.ts";

/** Days further back are settled: whoever looked then has written them, and what was down then made no backups. */
const looksBackMs = 2 * 86_400_000;
const mostAtOnce = 200;

const dayOf = sql<string>`to_char(${madeAtSql} at time zone 'UTC', 'YYYY-MM-DD')`;

type Due = { readonly sourceId: string; readonly isSample: boolean; readonly settings: WatchSettings | null; readonly day: string } & {
  readonly backupId: string;
  readonly at: Date;
  readonly migrationHead: string | null;
};

/** The newest good backup that was made of each source on each of the last days, where no fingerprint was taken of it; oldest day first. */
async function readDue(db: Database, now: Date): Promise<Due[]> {
  const since = new Date(now.getTime() - looksBackMs);
  const newest = db
    .selectDistinctOn([backups.sourceId, dayOf], {
      sourceId: backups.sourceId,
      isSample: sources.isSample,
      settings: sources.fingerprintSettings,
      day: dayOf.as("day"),
      backupId: sql<string>`${backups.id}`.as("backup_id"),
      at: sql<Date>`${madeAtSql}`.mapWith(backups.snapshotAt).as("made_at"),
      migrationHead: sql<string | null>`${backups.manifest} -> 'migrationHead' ->> 'head'`.as("head"),
    })
    .from(backups)
    .innerJoin(sources, eq(sources.id, backups.sourceId))
    // Older ones answer for nothing that is asked for: an index on the time holds all that is compared of the others.
    .leftJoin(fingerprints, and(eq(fingerprints.sourceId, backups.sourceId), eq(fingerprints.day, dayOf), gte(fingerprints.at, since)))
    .where(
      and(
        gte(backups.snapshotAt, since),
        sql`${madeAtSql} >= ${since.toISOString()}::timestamptz`,
        inArray(backups.origin, ["made"]),
        isNull(sources.removedAt),
        or(isNull(fingerprints.at), lt(fingerprints.at, madeAtSql)),
        isGood,
      ),
    )
    .orderBy(backups.sourceId, dayOf, desc(madeAtSql), desc(backups.id))
    .as("newest");
  return db.select().from(newest).orderBy(asc(newest.day), asc(newest.sourceId)).limit(mostAtOnce);
}

/**
 * Takes the fingerprints that are due: one a day and source, of its newest good backup; a newer backup of the same day takes the place of an
 * older one. Rows alone say what is due, so whoever is killed here leaves it to the next look. Answers how many were taken.
 */
export async function recordFingerprints(context: ServiceContext): Promise<number> {
  const due = await readDue(context.db, context.now());
  let taken = 0;
  for (const one of due) if (await context.db.transaction((tx) => record(tx, context, one))) taken += 1;
  return taken;
}

/** False where another worker was first. */
async function record(tx: Transaction, context: ServiceContext, due: Due): Promise<boolean> {
  const { sourceId, day, backupId, at, migrationHead } = due;
  // Of two workers the second one waits here, and then finds nothing to write.
  await tx.select({ id: sources.id }).from(sources).where(eq(sources.id, sourceId)).for("no key update");
  const rows = await tx
    .select({ schema: backupTables.schema, table: backupTables.table, rows: backupTables.rows, sha256: backupTables.sha256 })
    .from(backupTables)
    .where(and(eq(backupTables.backupId, backupId), eq(backupTables.excluded, false)))
    .orderBy(backupTables.schema, backupTables.table);
  const settings = due.settings ?? proposedSettings;
  const chosen = new Set(settings.digests.map(({ schema, table }) => JSON.stringify([schema, table])));
  const tables = rows.map(({ schema, table, rows: number, sha256 }): [string, string, number, string | null] => [
    schema,
    table,
    number,
    sha256 !== "" && chosen.has(JSON.stringify([schema, table])) ? sha256 : null,
  ]);
  const findings = await judgeDay(tx, { sourceId, day, backupId }, { migrationHead, tables }, settings);
  const values = {
    backupId,
    at,
    rowCount: rows.reduce((sum, row) => sum + row.rows, 0),
    tableCount: rows.length,
    migrationHead,
    tables,
    findings,
  };
  const written = await tx
    .insert(fingerprints)
    .values({ id: makeId("fingerprint", context.newUuid()), sourceId, day, ...values })
    .onConflictDoUpdate({ target: [fingerprints.sourceId, fingerprints.day], set: values, setWhere: lt(fingerprints.at, at) })
    .returning({ id: fingerprints.id });
  if (written.length === 0) return false;
  await tellFindings(tx, context, { id: sourceId, isSample: due.isSample }, { day, findings });
  return true;
}

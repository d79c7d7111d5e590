import { and, eq, gte, inArray, isNotNull, lt, ne, notExists, or, sql } from "drizzle-orm";
import { alias, type AnyPgColumn } from "drizzle-orm/pg-core";
import type { Database, Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { copies } from "#lib/db/schema/copies";
import { runs } from "#lib/db/schema/runs";
import { schedules } from "#lib/db/schema/schedules";
import { slots } from "#lib/db/schema/slots";
import { sources } from "#lib/db/schema/sources";
import { buildStrip, type StripDay, stripStart } from "#lib/domain/strip";
import { isGoodCopy } from "../backups/good.ts";
import { oneOf } from "../one-of.ts";
import { isPlannedBackup } from "./next-backups.ts";

type Reader = Database | Transaction;
/** A backup's time is its server's, a run's the catalogue's. */
const clockDifferenceMs = 86_400_000;

type Counted = Partial<StripDay> & { readonly day: string; readonly sourceId: string | null };

/** By day alone, without a text for every row. */
const dayOf = (at: AnyPgColumn) => sql<string>`(${at} at time zone 'UTC')::date`.as("day");

const anyFailed = alias(copies, "any_failed");

/** What is available without a good copy is failed, and the rest of the day is good. What failed is rare and has an index: it is gathered, not the good. */
async function readBackups(db: Reader, ids: string[], start: Date): Promise<Counted[]> {
  const failed = db
    .select({ id: anyFailed.backupId })
    .from(anyFailed)
    .where(
      and(
        oneOf(anyFailed.sourceId, ids),
        or(isNotNull(anyFailed.failedAt), inArray(anyFailed.state, ["missing", "damaged"])),
        notExists(
          db
            .select({ one: sql`1` })
            .from(copies)
            .where(and(eq(copies.backupId, anyFailed.backupId), isGoodCopy)),
        ),
      ),
    );
  const rows = await db
    .select({
      sourceId: backups.sourceId,
      day: dayOf(backups.snapshotAt),
      all: sql<number>`count(*)::int`,
      failed: sql<number>`(count(*) filter (where ${backups.state} = 'available' and ${backups.id} in ${failed}))::int`,
    })
    .from(backups)
    .where(and(oneOf(backups.sourceId, ids), ne(backups.state, "writing"), gte(backups.snapshotAt, start)))
    .groupBy(backups.sourceId, sql`day`);
  return rows.map((row) => ({ sourceId: row.sourceId, day: row.day, good: row.all - row.failed, failed: row.failed }));
}

/** Failed runs, and those that succeeded with a backup that was deleted since: the day was not missed. */
function readRuns(db: Reader, ids: string[], start: Date): Promise<Counted[]> {
  const kept = db
    .select({ id: backups.id })
    .from(backups)
    .where(and(oneOf(backups.sourceId, ids), gte(backups.snapshotAt, new Date(start.getTime() - clockDifferenceMs))));
  const isGone = sql`coalesce(${runs.backupId}, '') not in ${kept}`;
  return db
    .select({
      sourceId: runs.sourceId,
      day: dayOf(runs.finishedAt),
      good: sql<number>`(count(*) filter (where ${runs.state} = 'succeeded' and ${isGone}))::int`,
      failed: sql<number>`(count(*) filter (where ${runs.state} = 'failed'))::int`,
    })
    .from(runs)
    .where(
      and(
        oneOf(runs.sourceId, ids),
        eq(runs.type, "backup"),
        inArray(runs.state, ["succeeded", "failed"]),
        gte(runs.queuedAt, start),
        gte(runs.finishedAt, start),
      ),
    )
    .groupBy(runs.sourceId, sql`day`);
}

/** Backups that schedules missed, and those of today that are waiting. */
function readSlots(db: Reader, ids: string[], start: Date): Promise<Counted[]> {
  return db
    .select({
      sourceId: slots.sourceId,
      day: dayOf(slots.nominalAt),
      missed: sql<number>`(count(*) filter (where ${slots.state} = 'missed'))::int`,
      planned: sql<number>`(count(*) filter (where ${slots.state} = 'waiting'))::int`,
    })
    .from(slots)
    .where(
      and(
        oneOf(slots.sourceId, ids),
        // Each has an index of its own: both are rare among what was done.
        or(eq(slots.state, "missed"), eq(slots.state, "waiting")),
        inArray(slots.task, ["full", "differential", "incremental"]),
        gte(slots.nominalAt, start),
      ),
    )
    .groupBy(slots.sourceId, sql`day`);
}

/** Schedules of which a backup is due later today; a pause that lasts until then leaves it out. */
function readPlanned(db: Reader, ids: string[], now: Date): Promise<Counted[]> {
  const tomorrow = new Date((Math.floor(now.getTime() / 86_400_000) + 1) * 86_400_000);
  return db
    .select({ sourceId: schedules.sourceId, day: dayOf(schedules.nextDueAt), planned: sql<number>`count(*)::int` })
    .from(schedules)
    .innerJoin(sources, eq(sources.id, schedules.sourceId))
    .where(and(oneOf(schedules.sourceId, ids), isPlannedBackup, lt(schedules.nextDueAt, tomorrow)))
    .groupBy(schedules.sourceId, sql`day`);
}

/**
 * The 30-day strips of sources, in four queries. A day is good when a backup of its state is good now or was until it was deleted;
 * a backup that a verification failed counts as failed.
 */
export async function loadStrips(db: Reader, ids: string[], now: Date): Promise<(sourceId: string) => StripDay[]> {
  if (ids.length === 0) return () => buildStrip(now, []);
  const start = stripStart(now);
  const found = (
    await Promise.all([readBackups(db, ids, start), readRuns(db, ids, start), readSlots(db, ids, start), readPlanned(db, ids, now)])
  ).flat();
  const bySource = Map.groupBy(found, (row) => row.sourceId);
  return (sourceId) => buildStrip(now, bySource.get(sourceId) ?? []);
}

import { and, eq, isNotNull, isNull, sql } from "drizzle-orm";
import type { Database } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { copies } from "#lib/db/schema/copies";
import { sources } from "#lib/db/schema/sources";
import { laterOf } from "#lib/domain/later-of";
import { objectiveSeconds } from "#lib/domain/objective";
import type { OverviewSource } from "#lib/domain/overview-verdict";
import { isGoodCopy } from "../backups/good.ts";
import { loadDrillFacts } from "../drills/plan-facts.ts";
import { oneOf } from "../one-of.ts";
import { loadLastFacts } from "../sources/facts.ts";
import { loadMissed, loadOpenAlerts } from "./troubles.ts";

/** The newest backup of each source, when a verification failed it or a look at storage did not find it whole. */
async function readDamaged(db: Database, sourceId: string | null): Promise<Map<string, { id: string; at: Date | null }>> {
  const newest = sql`(
    select newest.id from ${backups} as newest where newest.source_id = ${backups.sourceId} and newest.state = 'available'
    order by newest.snapshot_at desc, newest.id desc limit 1
  )`;
  const rows = await db
    .select({ sourceId: backups.sourceId, id: backups.id, at: copies.failedAt })
    .from(copies)
    .innerJoin(backups, eq(backups.id, copies.backupId))
    .where(
      and(
        sql`(${copies.failedAt} is not null or ${copies.state} in ('missing', 'damaged'))`,
        eq(backups.state, "available"),
        sourceId === null ? undefined : eq(copies.sourceId, sourceId),
        sql`${backups.id} = ${newest}`,
      ),
    );
  return new Map(rows.map((row) => [row.sourceId, { id: row.id, at: row.at }]));
}

/** Those of the backups that have a good copy which a verification passed. */
async function readVerified(db: Database, backupIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (backupIds.length === 0) return new Set();
  const rows = await db
    .select({ id: copies.backupId })
    .from(copies)
    .where(and(oneOf(copies.backupId, backupIds), isGoodCopy, isNotNull(copies.verifiedAt)));
  return new Set(rows.map(({ id }) => id));
}

/** What the verdict is made of: every source but the sample, or the one that is asked for, whichever it is; none when that was removed. */
export async function loadOverviewSources(db: Database, now: Date, sourceId: string | null = null): Promise<OverviewSource[]> {
  const rows = await db
    .select({
      id: sources.id,
      name: sources.name,
      engine: sources.engine,
      createdAt: sources.createdAt,
      pausedAt: sources.pausedAt,
      expectedEverySeconds: sources.expectedEverySeconds,
    })
    .from(sources)
    .where(and(isNull(sources.removedAt), sourceId === null ? eq(sources.isSample, false) : eq(sources.id, sourceId)));
  const ids = rows.map((row) => row.id);
  const [factsOf, drillOf, damaged, missed, open] = await Promise.all([
    // Of runs that succeeded, which are most, nothing is told.
    loadLastFacts(db, rows, ["queued", "running", "failed"]),
    loadDrillFacts(db, ids, now),
    readDamaged(db, sourceId),
    loadMissed(db, now, sourceId),
    loadOpenAlerts(db, sourceId),
  ]);
  const lastGoodIds = rows.flatMap((row) => factsOf(row.id).lastGood?.id ?? []);
  const verified = await readVerified(db, lastGoodIds);
  return rows.map((row) => {
    const { lastGood, lastRun, activeRun, lastVerifiedAt, lastProvenAt } = factsOf(row.id);
    const drill = drillOf.get(row.id);
    const alerts = open.get(row.id) ?? [];
    const diverged = alerts.find(({ code }) => code === "fingerprint-diverged");
    return {
      id: row.id,
      name: row.name,
      engine: row.engine,
      createdAt: row.createdAt,
      paused: row.pausedAt !== null,
      lastGood: lastGood === null ? null : { id: lastGood.id, at: lastGood.at, verified: verified.has(lastGood.id) },
      objectiveSeconds: objectiveSeconds(row.expectedEverySeconds),
      missedAt: missed.get(row.id) ?? null,
      diverged: diverged === undefined ? null : { at: diverged.at },
      alerts,
      lastVerifiedAt,
      lastProvenAt: laterOf(lastProvenAt, drill?.lastProvenAt ?? null),
      damaged: damaged.get(row.id) ?? null,
      failedRun: lastRun?.state === "failed" ? { id: lastRun.id, at: new Date(lastRun.finishedAt ?? lastRun.queuedAt) } : null,
      isRunning: activeRun !== null,
      drill:
        drill === undefined
          ? null
          : {
              due: drill.due,
              nextDueAt: drill.nextDueAt,
              openId: drill.open?.id ?? null,
              failed: drill.last?.verdict === "failed" ? { id: drill.last.id, at: drill.last.closedAt } : null,
            },
    };
  });
}

import { and, eq, inArray, isNull, lt, max, notExists, or, sql } from "drizzle-orm";
import { setTimeout as delay } from "node:timers/promises";
import type { Database } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { runs } from "#lib/db/schema/runs";
import { schedules } from "#lib/db/schema/schedules";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError, reasonOf } from "#lib/domain/error";
import { isActive } from "#lib/domain/run-state";
import type { Logger } from "#lib/log/log";
import type { ServiceContext } from "../context.ts";
import { isGood } from "./good.ts";
import { latestBelievedSql, madeAtSql } from "./last-good.ts";
import { startBackupRun } from "./run-now.ts";

const maxAgeHours = 24;

/**
 * Sources that are not paused and whose last good backup is older than a day, or that have none; by name. The age is taken by the
 * database's clock. What has a backup schedule that is on is left to it: a time of it that was missed is caught up by itself.
 */
export async function findDueSources(db: Database): Promise<string[]> {
  const lastGood = db
    .select({ sourceId: backups.sourceId, at: max(madeAtSql).mapWith(backups.snapshotAt).as("at") })
    .from(backups)
    .where(and(isGood, sql`${madeAtSql} <= ${latestBelievedSql}`))
    .groupBy(backups.sourceId)
    .as("last_good");
  const rows = await db
    .select({ id: sources.id })
    .from(sources)
    .leftJoin(lastGood, eq(lastGood.sourceId, sources.id))
    .where(
      and(
        isNull(sources.pausedAt),
        isNull(sources.removedAt),
        notExists(
          db
            .select({ id: schedules.id })
            .from(schedules)
            .where(
              and(
                eq(schedules.sourceId, sources.id),
                eq(schedules.enabled, true),
                inArray(schedules.task, ["full", "differential", "incremental"]),
              ),
            ),
        ),
        or(isNull(lastGood.at), lt(lastGood.at, sql`clock_timestamp() - make_interval(hours => ${maxAgeHours})`)),
      ),
    )
    .orderBy(sources.name, sources.id);
  return rows.map((row) => row.id);
}

/**
 * Backs up what is due, one source at a time, each looked at again right before its turn. A backup that fails is visible as such
 * and does not stop the next. Ends early when `signal` is aborted. `pollMs` spaces the looks at a running backup.
 */
export async function autoBackup(context: ServiceContext, options: { signal: AbortSignal; logger: Logger; pollMs: number }): Promise<void> {
  const { signal, logger } = options;
  for (const sourceId of await findDueSources(context.db)) {
    if (signal.aborted) return;
    const stillDue = await findDueSources(context.db);
    if (!stillDue.includes(sourceId)) continue;
    try {
      const run = await context.db.transaction((tx) =>
        startBackupRun(tx, context, { sourceId, reason: "", note: "", trigger: "start-up" }),
      );
      await context.wake(run.id, run.workerGroup);
      await untilEnded(context.db, run.id, options);
    } catch (error) {
      const { code } = reasonOf(error);
      logger.info("no backup at start", { sourceId, code, ...(error instanceof LifeboatError ? {} : { error }) });
    }
  }
}

async function untilEnded(db: Database, runId: string, options: { signal: AbortSignal; pollMs: number }): Promise<void> {
  while (!options.signal.aborted) {
    const [run] = await db.select({ state: runs.state }).from(runs).where(eq(runs.id, runId));
    if (run === undefined || !isActive(run.state)) return;
    await delay(options.pollMs, undefined, { signal: options.signal }).catch(() => undefined);
  }
}

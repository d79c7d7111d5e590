import { and, eq, inArray, min, sql, type SQL } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { schedules } from "#lib/db/schema/schedules";
import { slots } from "#lib/db/schema/slots";
import { sources } from "#lib/db/schema/sources";
import { oneOf } from "../one-of.ts";

const isBackup = (task: typeof schedules.task | typeof slots.task): SQL => inArray(task, ["full", "differential", "incremental"]);

/** Of `schedules` beside `sources`: its next time is one at which a backup starts. What falls into a pause is passed over. */
export const isPlannedBackup = and(
  isBackup(schedules.task),
  schedules.enabled,
  sql`${schedules.nextDueAt} is not null`,
  sql`(${schedules.pausedUntil} is null or ${schedules.pausedUntil} <= ${schedules.nextDueAt})`,
  sql`(${sources.pausedAt} is null or ${sources.pausedUntil} <= ${schedules.nextDueAt})`,
) as SQL;

/** When the schedules of sources start the next backup: what waits already (unless it is for a worker), else the next time. In two queries, however many there are. */
export async function loadNextBackups(
  db: Database | Transaction,
  rows: readonly { id: string; pausedAt: Date | null }[],
  now: Date,
): Promise<(sourceId: string) => Date | null> {
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return () => null;
  const [waiting, planned] = await Promise.all([
    db
      .select({ sourceId: slots.sourceId, at: min(slots.startAt) })
      .from(slots)
      .where(
        and(
          oneOf(slots.sourceId, ids),
          eq(slots.state, "waiting"),
          sql`${slots.reason} is distinct from 'no-worker'`,
          isBackup(slots.task),
        ),
      )
      .groupBy(slots.sourceId),
    db
      .select({ sourceId: schedules.sourceId, at: min(schedules.nextDueAt) })
      .from(schedules)
      .innerJoin(sources, eq(sources.id, schedules.sourceId))
      .where(and(oneOf(schedules.sourceId, ids), isPlannedBackup))
      .groupBy(schedules.sourceId),
  ]);
  const paused = new Set(rows.filter(({ pausedAt }) => pausedAt !== null).map(({ id }) => id));
  const next = new Map<string, Date>();
  for (const { sourceId, at } of planned) if (at !== null) next.set(sourceId, at);
  for (const { sourceId, at } of waiting) {
    if (at === null || paused.has(sourceId)) continue;
    // What was due a moment ago starts as soon as somebody looks.
    const soon = at < now ? now : at;
    const known = next.get(sourceId);
    if (known === undefined || soon < known) next.set(sourceId, soon);
  }
  return (sourceId) => next.get(sourceId) ?? null;
}

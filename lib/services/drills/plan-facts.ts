import { and, desc, eq, notInArray, sql } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { drillPlans } from "#lib/db/schema/drill-plans";
import { drills } from "#lib/db/schema/drills";
import { type Due, dueState, isUnderWay } from "#lib/domain/drill-due";
import { runs } from "#lib/db/schema/runs";
import type { Reason } from "#lib/domain/error";
import type { DrillState, DrillVerdict } from "#lib/domain/drill-state";
import { oneOf } from "../one-of.ts";

/** Where a source stands with its rehearsals. */
export type DrillFacts = {
  readonly sourceId: string;
  readonly planId: string;
  readonly due: Due;
  readonly nextDueAt: Date;
  /** The drill that is not over; `problem` says why it does not go on by itself. */
  readonly open: {
    readonly id: string;
    readonly state: DrillState;
    readonly problem: Reason | null;
    readonly pausedAt: Date | null;
    /** When something happened in it last: told in its story, or done by one of its runs. */
    readonly lastAt: Date;
  } | null;
  /** The last one that was closed; aborted ones are none. */
  readonly last: { readonly id: string; readonly verdict: DrillVerdict; readonly closedAt: Date } | null;
  /** When a drill of this source proved its backup last; it outlives that backup. */
  readonly lastProvenAt: Date | null;
};

/** Facts of many sources at `now`, in four queries, by source id; a source without a plan (yet) is left out. */
export async function loadDrillFacts(
  db: Database | Transaction,
  sourceIds: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, DrillFacts>> {
  if (sourceIds.length === 0) return new Map();
  const [plans, open, last, proven] = await Promise.all([
    db.select({ plan: dueColumns, hasBackup: planHasBackup }).from(drillPlans).where(oneOf(drillPlans.sourceId, sourceIds)),
    db
      .select({
        id: drills.id,
        sourceId: drills.sourceId,
        state: drills.state,
        problem: drills.problem,
        pausedAt: drills.pausedAt,
        lastAt: lastAt.mapWith(drills.startedAt),
      })
      .from(drills)
      .where(and(oneOf(drills.sourceId, sourceIds), notInArray(drills.state, ["closed", "aborted"]))),
    readLast(db, sourceIds, false),
    readLast(db, sourceIds, true),
  ]);
  const openOf = new Map(open.map(({ sourceId, ...drill }) => [sourceId, drill]));
  return new Map(
    plans.map(({ plan, hasBackup }) => {
      const { sourceId } = plan;
      const ongoing = openOf.get(sourceId) ?? null;
      const due = dueState({ ...plan, hasBackup, isUnderWay: ongoing !== null && isUnderWay(ongoing.lastAt, now) }, now);
      const facts: DrillFacts = {
        sourceId,
        planId: plan.id,
        due,
        nextDueAt: plan.nextDueAt,
        open: ongoing,
        last: last.get(sourceId) ?? null,
        lastProvenAt: proven.get(sourceId)?.closedAt ?? null,
      };
      return [sourceId, facts];
    }),
  );
}

/** Checks and choices of a plan are much to read, and say nothing of when it is due. */
const dueColumns = {
  id: drillPlans.id,
  sourceId: drillPlans.sourceId,
  enabled: drillPlans.enabled,
  nextDueAt: drillPlans.nextDueAt,
  graceDays: drillPlans.graceDays,
  cadence: drillPlans.cadence,
};

/** A run that works counts until it ends. Clean-ups that fail again and again are nothing that happens. */
const lastAt = sql<Date>`greatest(
  ${drills.startedAt},
  (${drills.events} -> -1 ->> 'at')::timestamptz,
  (select max(case when work.state = 'running' then clock_timestamp() else coalesce(work.finished_at, work.started_at, work.queued_at) end)
    from ${runs} as work where work.drill_id = ${drills}.id and work.type <> 'drill-close')
)`;

/** True where the plan's source has something that can be restored as far as its state tells. */
export const planHasBackup = sql<boolean>`exists (
  select 1 from ${backups} as kept where kept.source_id = ${drillPlans}.source_id and kept.state = 'available'
)`;

/** The last drill of each source that was closed, or that proved its backup. */
export async function readLast(
  db: Database | Transaction,
  sourceIds: readonly string[],
  onlyProven: boolean,
): Promise<ReadonlyMap<string, { id: string; verdict: DrillVerdict; closedAt: Date }>> {
  const rows = await db
    .selectDistinctOn([drills.sourceId], {
      sourceId: drills.sourceId,
      id: drills.id,
      verdict: drills.verdict,
      closedAt: drills.closedAt,
    })
    .from(drills)
    .where(and(oneOf(drills.sourceId, sourceIds), eq(drills.state, "closed"), onlyProven ? eq(drills.proven, true) : undefined))
    // All backwards, as the index on closed drills can be read: nothing is sorted.
    .orderBy(desc(drills.sourceId), desc(drills.closedAt), desc(drills.id));
  return new Map(
    rows.flatMap(({ sourceId, id, verdict, closedAt }) =>
      verdict === null || closedAt === null ? [] : [[sourceId, { id, verdict, closedAt }] as const],
    ),
  );
}

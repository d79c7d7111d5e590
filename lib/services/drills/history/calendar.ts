import { and, asc, eq, exists, isNull, or, sql } from "drizzle-orm";
import type * as contract from "#lib/contracts/drill-history";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type { Database } from "#lib/db/client";
import { drillPlans } from "#lib/db/schema/drill-plans";
import { drills } from "#lib/db/schema/drills";
import { sources } from "#lib/db/schema/sources";
import { authorise } from "../../authorise.ts";
import type { ServiceContext } from "../../context.ts";
import { countCapped, keysetAfter, keysetOrderBy, type KeysetOrder, pageRows } from "../../keyset.ts";
import { oneOf } from "../../one-of.ts";
import { anyContains } from "../../search-text.ts";
import { beganIn } from "./list.ts";

type Calendar = EndpointOutput<typeof contract.drillCalendar>;
type Source = Calendar["items"][number];

const byName: KeysetOrder = { sort: "name", column: sources.name, id: sources.id, direction: "ascending", cast: "text" };

/**
 * Every drill that began in a year (of UTC), by source, with the day on which the next one is due. Sources go by name, a page at a time: those
 * that are protected now are all there, removed ones as long as the year has drills of theirs.
 */
export async function drillCalendar(context: ServiceContext, { query }: EndpointInput<typeof contract.drillCalendar>): Promise<Calendar> {
  authorise(context, "drills:read");
  const { db } = context;
  const { year, q, limit, after } = query;
  const ofYear = db
    .select({ one: sql`1` })
    .from(drills)
    .where(and(eq(drills.sourceId, sources.id), beganIn(year)));
  const where = and(or(isNull(sources.removedAt), exists(ofYear)), anyContains([sources.name], q));
  const [found, counted] = await Promise.all([
    db
      .select({ id: sources.id, name: sources.name, removedAt: sources.removedAt })
      .from(sources)
      .where(and(where, keysetAfter(byName, after)))
      .orderBy(...keysetOrderBy(byName))
      .limit(limit + 1),
    countCapped(db, sql`${sources}`, where),
  ]);
  const page = pageRows(found, limit, byName, ({ name, id }) => ({ value: name, id }));
  const ids = page.rows.map(({ id }) => id);
  const [drillsOf, dueOf] = await Promise.all([readDrills(db, ids, year), readDue(db, ids)]);
  const items = page.rows.map(({ id, name, removedAt }) => ({
    sourceId: id,
    sourceName: name,
    nextDueAt: removedAt === null ? (dueOf.get(id) ?? null) : null,
    drills: drillsOf.get(id) ?? [],
  }));
  return { items, next: page.next, ...counted };
}

/** A year's drills of each source, oldest first. */
async function readDrills(db: Database, sourceIds: readonly string[], year: number): Promise<ReadonlyMap<string, Source["drills"]>> {
  const rows = await db
    .select({ id: drills.id, sourceId: drills.sourceId, at: drills.startedAt, verdict: drills.verdict, state: drills.state })
    .from(drills)
    .where(and(oneOf(drills.sourceId, sourceIds), beganIn(year)))
    .orderBy(asc(drills.startedAt), asc(drills.id));
  const bySource = Map.groupBy(rows, ({ sourceId }) => sourceId);
  return new Map(
    [...bySource].map(([sourceId, own]) => [
      sourceId,
      own.map(({ id, at, verdict, state }) => ({ id, at: at.toISOString(), verdict, state })),
    ]),
  );
}

/** When the next drill of each source is due; sources whose plan is switched off are left out. */
async function readDue(db: Database, sourceIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const plans = await db
    .select({ sourceId: drillPlans.sourceId, nextDueAt: drillPlans.nextDueAt })
    .from(drillPlans)
    .where(and(oneOf(drillPlans.sourceId, sourceIds), eq(drillPlans.enabled, true)));
  return new Map(plans.map(({ sourceId, nextDueAt }) => [sourceId, nextDueAt.toISOString()]));
}

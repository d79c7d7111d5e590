import { and, eq, isNull, sql } from "drizzle-orm";
import type { listDrillPlans as contract } from "#lib/contracts/drill-plans";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import { drillPlans } from "#lib/db/schema/drill-plans";
import { sources } from "#lib/db/schema/sources";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { countCap, countCapped, decodeCursor, keysetAfter, keysetOrderBy, type KeysetOrder, pageRows } from "../keyset.ts";
import { toPlanSummaries } from "./load.ts";

const byDate: KeysetOrder = {
  sort: "nextDueAt",
  column: drillPlans.nextDueAt,
  id: drillPlans.id,
  direction: "ascending",
  cast: "timestamptz",
};

/** Plans of sources that are not removed, the most overdue first. */
export async function listDrillPlans(
  context: ServiceContext,
  { query }: EndpointInput<typeof contract>,
): Promise<EndpointOutput<typeof contract>> {
  authorise(context, "drills:read");
  const { due, limit, after } = query;
  return due === undefined ? listAll(context, { limit, after }) : listOfState(context, { due, limit, after });
}

const isThere = isNull(sources.removedAt);

async function listAll(
  context: ServiceContext,
  { limit, after }: { limit: number; after: string | undefined },
): Promise<EndpointOutput<typeof contract>> {
  const { db } = context;
  const [found, counted] = await Promise.all([
    db
      .select({ plan: drillPlans })
      .from(drillPlans)
      .innerJoin(sources, eq(sources.id, drillPlans.sourceId))
      .where(and(isThere, keysetAfter(byDate, after)))
      .orderBy(...keysetOrderBy(byDate))
      .limit(limit + 1),
    countCapped(db, sql`${drillPlans} join ${sources} on ${sources.id} = ${drillPlans.sourceId}`, isThere),
  ]);
  const page = pageRows(found, limit, byDate, ({ plan }) => ({ value: plan.nextDueAt.toISOString(), id: plan.id }));
  const items = await toPlanSummaries(
    db,
    page.rows.map(({ plan }) => plan),
    context.now(),
  );
  return { items, next: page.next, ...counted };
}

/**
 * The state is worked out and stands in no column: all plans are looked at, of which there are as many as sources. Who asks for a state asks
 * what is to be done: the sample's is left out.
 */
async function listOfState(
  context: ServiceContext,
  { due, limit, after }: { due: string; limit: number; after: string | undefined },
): Promise<EndpointOutput<typeof contract>> {
  const cursor = decodeCursor(after, byDate.sort);
  const rows = await context.db
    .select({ plan: drillPlans })
    .from(drillPlans)
    .innerJoin(sources, eq(sources.id, drillPlans.sourceId))
    .where(and(isThere, eq(sources.isSample, false)))
    .orderBy(...keysetOrderBy(byDate))
    .limit(countCap);
  const plans = rows.map(({ plan }) => plan);
  const all = (await toPlanSummaries(context.db, plans, context.now())).filter((plan) => plan.due === due);
  const rest = cursor === null ? all : all.filter(({ nextDueAt, id }) => [nextDueAt, id].join() > [cursor.value, cursor.id].join());
  const page = pageRows(rest.slice(0, limit + 1), limit, byDate, ({ nextDueAt, id }) => ({ value: nextDueAt, id }));
  return { items: page.rows, next: page.next, total: all.length, totalCapped: rows.length === countCap };
}

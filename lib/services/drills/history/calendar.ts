import { asc } from "drizzle-orm";
import type * as contract from "#lib/contracts/drill-history";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import { drillPlans } from "#lib/db/schema/drill-plans";
import { drills } from "#lib/db/schema/drills";
import { sources } from "#lib/db/schema/sources";
import { authorise } from "../../authorise.ts";
import type { ServiceContext } from "../../context.ts";
import { beganIn } from "./list.ts";

/**
 * Every drill that began in a year (of UTC), by source, with the day on which the next one is due. Sources that are protected now are all there, removed
 * ones as long as the year has drills of theirs.
 */
export async function drillCalendar(
  context: ServiceContext,
  { query }: EndpointInput<typeof contract.drillCalendar>,
): Promise<EndpointOutput<typeof contract.drillCalendar>> {
  authorise(context, "drills:read");
  const { db } = context;
  const [rows, present, plans] = await Promise.all([
    db
      .select({ id: drills.id, sourceId: drills.sourceId, at: drills.startedAt, verdict: drills.verdict, state: drills.state })
      .from(drills)
      .where(beganIn(query.year))
      .orderBy(asc(drills.startedAt), asc(drills.id)),
    db
      .select({ id: sources.id, name: sources.name, removedAt: sources.removedAt })
      .from(sources)
      .orderBy(asc(sources.name), asc(sources.id)),
    db.select({ sourceId: drillPlans.sourceId, enabled: drillPlans.enabled, nextDueAt: drillPlans.nextDueAt }).from(drillPlans),
  ]);
  const drillsOf = Map.groupBy(rows, ({ sourceId }) => sourceId);
  const dueOf = new Map(plans.map(({ sourceId, enabled, nextDueAt }) => [sourceId, enabled ? nextDueAt.toISOString() : null]));
  return {
    sources: present
      .filter(({ id, removedAt }) => removedAt === null || drillsOf.has(id))
      .map(({ id, name, removedAt }) => ({
        sourceId: id,
        sourceName: name,
        nextDueAt: removedAt === null ? (dueOf.get(id) ?? null) : null,
        drills: (drillsOf.get(id) ?? []).map((row) => ({ id: row.id, at: row.at.toISOString(), verdict: row.verdict, state: row.state })),
      })),
  };
}

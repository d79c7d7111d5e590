import { and, desc, eq, lt, sql } from "drizzle-orm";
import type { listPlaybooks as contract } from "#lib/contracts/drill-plans";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import { drillPlans } from "#lib/db/schema/drill-plans";
import { drillPlaybooks } from "#lib/db/schema/drill-playbooks";
import { LifeboatError } from "#lib/domain/error";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { countCapped, decodeCursor, encodeCursor } from "../keyset.ts";

const sort = "-version";

/** Every version of a plan's playbook, newest first. Throws `not-found` for a source without a plan. */
export async function listPlaybooks(
  context: ServiceContext,
  { params, query }: EndpointInput<typeof contract>,
): Promise<EndpointOutput<typeof contract>> {
  authorise(context, "drills:read");
  const { limit, after } = query;
  const { db } = context;
  const [plan] = await db.select({ id: drillPlans.id }).from(drillPlans).where(eq(drillPlans.sourceId, params.id));
  if (plan === undefined) throw new LifeboatError("not-found", { entity: "source", id: params.id });
  const cursor = decodeCursor(after, sort);
  const ofPlan = eq(drillPlaybooks.planId, plan.id);
  const [found, counted] = await Promise.all([
    db
      .select()
      .from(drillPlaybooks)
      .where(and(ofPlan, cursor === null ? undefined : lt(drillPlaybooks.version, Number(cursor.value))))
      .orderBy(desc(drillPlaybooks.version))
      .limit(limit + 1),
    countCapped(db, sql`${drillPlaybooks}`, ofPlan),
  ]);
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const next = found.length > limit && last !== undefined ? encodeCursor({ sort, value: last.version, id: plan.id }) : null;
  return {
    items: items.map(({ version, text, authorName, createdAt }) => ({ version, text, authorName, createdAt: createdAt.toISOString() })),
    next,
    ...counted,
  };
}

import type { DrillPlanDto, getDrillPlan as contract } from "#lib/contracts/drill-plans";
import type { EndpointInput } from "#lib/contracts/endpoint";
import { eq } from "drizzle-orm";
import { drillPlans } from "#lib/db/schema/drill-plans";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { draftPlan } from "./ensure.ts";
import { requireSource, toPlan } from "./load.ts";

/** How a source is rehearsed; of a source without a plan its proposal, which the next sweep writes. Throws `not-found`. */
export async function getDrillPlan(context: ServiceContext, { params }: EndpointInput<typeof contract>): Promise<DrillPlanDto> {
  authorise(context, "drills:read");
  const { db } = context;
  const [known] = await db.select().from(drillPlans).where(eq(drillPlans.sourceId, params.id));
  if (known !== undefined) return toPlan(db, context, known);
  const { plan, playbook } = draftPlan(context, await requireSource(db, params.id));
  return toPlan(db, context, plan, playbook);
}

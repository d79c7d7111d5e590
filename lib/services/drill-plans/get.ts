import type { DrillPlanDto, getDrillPlan as contract } from "#lib/contracts/drill-plans";
import type { EndpointInput } from "#lib/contracts/endpoint";
import { eq } from "drizzle-orm";
import { drillPlans } from "#lib/db/schema/drill-plans";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { lockPlan, toPlan } from "./load.ts";

/** How a source is rehearsed; a source without a plan gets its proposal now. Throws `not-found`. */
export async function getDrillPlan(context: ServiceContext, { params }: EndpointInput<typeof contract>): Promise<DrillPlanDto> {
  authorise(context, "drills:read");
  const [known] = await context.db.select().from(drillPlans).where(eq(drillPlans.sourceId, params.id));
  const plan = known ?? (await context.db.transaction((tx) => lockPlan(tx, context, params.id)));
  return toPlan(context.db, plan, context.now());
}

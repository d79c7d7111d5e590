import { checkSet } from "#lib/contracts/drill-checks";
import type { copyDrillChecks as contract, DrillPlanDto } from "#lib/contracts/drill-plans";
import type { EndpointInput } from "#lib/contracts/endpoint";
import { LifeboatError } from "#lib/domain/error";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { refuseStale, requireVersion } from "../require-version.ts";
import { lockPlan, toPlan } from "./load.ts";
import { savePlan } from "./save.ts";

/**
 * Takes over the checks of another source's plan, all or those that are named: one with the same key is replaced in its place, others come last. Throws
 * `not-found`, `check-unknown` { key }, `version-required`, `version-conflict`, `invalid-input` for more than a plan can have.
 */
export async function copyDrillChecks(
  context: ServiceContext,
  { params, body, ifMatch }: EndpointInput<typeof contract>,
): Promise<DrillPlanDto> {
  authorise(context, "drills:plan");
  const expected = requireVersion(ifMatch);
  return context.db.transaction(async (tx) => {
    // Always in the same order, so that two who copy from each other do not wait for each other.
    const ids = [params.id, body.fromSourceId].toSorted();
    const plans = new Map<string, Awaited<ReturnType<typeof lockPlan>>>();
    for (const id of ids) plans.set(id, await lockPlan(tx, context, id));
    const plan = plans.get(params.id);
    const from = plans.get(body.fromSourceId);
    if (plan === undefined || from === undefined) throw new LifeboatError("not-found", { entity: "source", id: params.id });
    refuseStale("drillPlan", plan.version, expected);
    const known = new Set(from.checks.map(({ key }) => key));
    const unknown = body.keys?.find((key) => !known.has(key));
    if (unknown !== undefined) throw new LifeboatError("check-unknown", { key: unknown });
    const taken = new Map(from.checks.filter(({ key }) => body.keys?.includes(key) ?? true).map((check) => [check.key, check]));
    const own = new Set(plan.checks.map(({ key }) => key));
    const added = [...taken.values()].filter(({ key }) => !own.has(key));
    const parsed = checkSet.safeParse([...plan.checks.map((check) => taken.get(check.key) ?? check), ...added]);
    if (!parsed.success) throw new LifeboatError("invalid-input", { issues: "checks: too many" });
    const after = await savePlan(tx, context, plan, { action: "drill-plan.copy-checks", set: { checks: parsed.data } });
    return toPlan(tx, context, after);
  });
}

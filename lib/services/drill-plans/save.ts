import { eq } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { drillPlans } from "#lib/db/schema/drill-plans";
import { recordAudit } from "../audit/record.ts";
import type { ServiceContext } from "../context.ts";
import type { PlanRow } from "./ensure.ts";

/** Writes what somebody changed of a locked plan, with its audit row. From then on it is no proposal any more. */
export async function savePlan(
  tx: Transaction,
  context: ServiceContext,
  plan: PlanRow,
  { action, set }: { action: string; set: Partial<PlanRow> },
): Promise<PlanRow> {
  const [after] = await tx
    .update(drillPlans)
    // Whatever was tried and could not start may do so with the new plan.
    .set({ ...set, proposed: false, triedAt: null, version: plan.version + 1, updatedAt: context.now() })
    .where(eq(drillPlans.id, plan.id))
    .returning();
  if (after === undefined) throw new Error("the update returned no row");
  await recordAudit(tx, context, { action, targetType: "drillPlan", targetId: plan.id, before: audited(plan), after: audited(after) });
  return after;
}

/** What the audit compares; texts of checks may be long, so that they are kept by their keys. */
function audited(plan: PlanRow) {
  return {
    enabled: plan.enabled,
    selection: plan.selection,
    target: plan.target,
    recoveryTimeSeconds: plan.recoveryTimeSeconds,
    recoveryPointSeconds: plan.recoveryPointSeconds,
    cadence: plan.cadence,
    graceDays: plan.graceDays,
    ownerId: plan.ownerId,
    unattended: plan.unattended,
    nextDueAt: plan.nextDueAt,
    playbookVersion: plan.playbookVersion,
    checks: plan.checks.map(({ key, mandatory }) => `${key}${mandatory ? "" : " (advisory)"}`).join(", "),
  };
}

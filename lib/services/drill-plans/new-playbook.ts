import { eq } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { drillPlans } from "#lib/db/schema/drill-plans";
import { drillPlaybooks } from "#lib/db/schema/drill-playbooks";
import { LifeboatError } from "#lib/domain/error";
import { recordAudit } from "../audit/record.ts";
import type { ServiceContext } from "../context.ts";
import { playbookOf } from "./load.ts";

/** Makes a text the newest version of a plan's playbook; what is as it was stays the version that it is. Gives its number. Throws `not-found`. */
export async function newPlaybook(tx: Transaction, context: ServiceContext, planId: string, text: string): Promise<number> {
  const [plan] = await tx.select().from(drillPlans).where(eq(drillPlans.id, planId)).for("update");
  if (plan === undefined) throw new LifeboatError("not-found", { entity: "drillPlan", id: planId });
  const before = await playbookOf(tx, plan);
  if (before === text) return plan.playbookVersion;
  const version = plan.playbookVersion + 1;
  const now = context.now();
  await tx.insert(drillPlaybooks).values({ planId, version, text, authorName: context.actor.name, createdAt: now });
  await tx
    .update(drillPlans)
    .set({ playbookVersion: version, proposed: false, version: plan.version + 1, updatedAt: now })
    .where(eq(drillPlans.id, planId));
  await recordAudit(tx, context, {
    action: "drill-plan.playbook",
    targetType: "drillPlan",
    targetId: planId,
    before: { version: plan.playbookVersion },
    after: { version },
  });
  return version;
}

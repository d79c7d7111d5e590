import { and, eq, isNull } from "drizzle-orm";
import type { Database, Transaction } from "#lib/db/client";
import { drillPlans } from "#lib/db/schema/drill-plans";
import { drillPlaybooks } from "#lib/db/schema/drill-playbooks";
import { sources } from "#lib/db/schema/sources";
import { makeId } from "#lib/domain/ids";
import { type ServiceContext, systemActor } from "../context.ts";
import { proposePlan } from "./proposal.ts";

export type PlanRow = typeof drillPlans.$inferSelect;
type SourceRow = Pick<typeof sources.$inferSelect, "id" | "engine" | "name" | "createdAt">;

/** The plan that a source without one gets, not written yet. */
export function draftPlan(context: Pick<ServiceContext, "now" | "newUuid">, source: SourceRow): { plan: PlanRow; playbook: string } {
  const { playbook, ...proposed } = proposePlan(source);
  const now = context.now();
  const plan: PlanRow = {
    id: makeId("drillPlan", context.newUuid()),
    sourceId: source.id,
    enabled: true,
    ownerId: null,
    playbookVersion: 1,
    unattended: false,
    proposed: true,
    triedAt: null,
    version: 1,
    createdAt: now,
    updatedAt: now,
    ...proposed,
  };
  return { plan, playbook };
}

/** The plan of a source; proposes one where there is none yet. Two at once make one. */
export async function ensurePlan(tx: Transaction, context: Pick<ServiceContext, "now" | "newUuid">, source: SourceRow): Promise<PlanRow> {
  const [known] = await tx.select().from(drillPlans).where(eq(drillPlans.sourceId, source.id));
  if (known !== undefined) return known;
  const { plan, playbook } = draftPlan(context, source);
  const [made] = await tx.insert(drillPlans).values(plan).onConflictDoNothing({ target: drillPlans.sourceId }).returning();
  if (made === undefined) return ensurePlan(tx, context, source);
  const author = { authorName: systemActor.name, createdAt: made.createdAt };
  await tx.insert(drillPlaybooks).values({ planId: made.id, version: made.playbookVersion, text: playbook, ...author });
  return made;
}

/** Proposes plans for sources that have none: those of before there were drills, and those of a rebuilt catalogue. */
export async function ensurePlans(db: Database, context: Pick<ServiceContext, "now" | "newUuid">): Promise<void> {
  const without = await db
    .select({ id: sources.id, engine: sources.engine, name: sources.name, createdAt: sources.createdAt })
    .from(sources)
    .leftJoin(drillPlans, eq(drillPlans.sourceId, sources.id))
    .where(and(isNull(sources.removedAt), isNull(drillPlans.id)));
  for (const source of without) await db.transaction((tx) => ensurePlan(tx, context, source));
}

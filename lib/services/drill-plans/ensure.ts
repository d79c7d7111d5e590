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

/** The plan of a source; proposes one where there is none yet. Two at once make one. */
export async function ensurePlan(tx: Transaction, context: Pick<ServiceContext, "now" | "newUuid">, source: SourceRow): Promise<PlanRow> {
  const [known] = await tx.select().from(drillPlans).where(eq(drillPlans.sourceId, source.id));
  if (known !== undefined) return known;
  const { playbook, ...proposed } = proposePlan(source);
  const now = context.now();
  const [made] = await tx
    .insert(drillPlans)
    .values({ id: makeId("drillPlan", context.newUuid()), sourceId: source.id, ...proposed, createdAt: now, updatedAt: now })
    .onConflictDoNothing({ target: drillPlans.sourceId })
    .returning();
  if (made === undefined) return ensurePlan(tx, context, source);
  await tx.insert(drillPlaybooks).values({ planId: made.id, version: 1, text: playbook, authorName: systemActor.name, createdAt: now });
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

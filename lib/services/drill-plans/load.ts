import { and, eq, isNull } from "drizzle-orm";
import type { DrillPlanDto, DrillPlanSummaryDto } from "#lib/contracts/drill-plans";
import type { Database, Transaction } from "#lib/db/client";
import { drillPlans } from "#lib/db/schema/drill-plans";
import { drillPlaybooks } from "#lib/db/schema/drill-playbooks";
import { sources } from "#lib/db/schema/sources";
import { users } from "#lib/db/schema/users";
import { LifeboatError } from "#lib/domain/error";
import { isAllowed } from "#lib/domain/permissions";
import type { ServiceContext } from "../context.ts";
import { loadDrillFacts } from "../drills/plan-facts.ts";
import { oneOf } from "../one-of.ts";
import { ensurePlan, type PlanRow } from "./ensure.ts";
import { withHiddenBody } from "./hidden-bodies.ts";

/** The text of a plan's newest playbook. */
export async function playbookOf(db: Database | Transaction, plan: Pick<PlanRow, "id" | "playbookVersion">): Promise<string> {
  const [row] = await db
    .select({ text: drillPlaybooks.text })
    .from(drillPlaybooks)
    .where(and(eq(drillPlaybooks.planId, plan.id), eq(drillPlaybooks.version, plan.playbookVersion)));
  return row?.text ?? "";
}

/** Throws `not-found` for a source that is not there (any more). */
export async function requireSource(db: Database | Transaction, sourceId: string): Promise<typeof sources.$inferSelect> {
  const [source] = await db
    .select()
    .from(sources)
    .where(and(eq(sources.id, sourceId), isNull(sources.removedAt)));
  if (source === undefined) throw new LifeboatError("not-found", { entity: "source", id: sourceId });
  return source;
}

/** The plan of a source, held until the transaction ends. Throws `not-found` for a source that is not there (any more). */
export async function lockPlan(tx: Transaction, context: ServiceContext, sourceId: string): Promise<PlanRow> {
  await ensurePlan(tx, context, await requireSource(tx, sourceId));
  const [plan] = await tx.select().from(drillPlans).where(eq(drillPlans.sourceId, sourceId)).for("update");
  if (plan === undefined) throw new LifeboatError("not-found", { entity: "source", id: sourceId });
  return plan;
}

/** Plans as lists show them, in the order given, at `now`. */
export async function toPlanSummaries(db: Database | Transaction, plans: readonly PlanRow[], now: Date): Promise<DrillPlanSummaryDto[]> {
  if (plans.length === 0) return [];
  const sourceIds = plans.map(({ sourceId }) => sourceId);
  const ownerIds = plans.flatMap(({ ownerId }) => ownerId ?? []);
  const [named, owners, facts] = await Promise.all([
    db.select({ id: sources.id, name: sources.name }).from(sources).where(oneOf(sources.id, sourceIds)),
    ownerIds.length === 0 ? [] : db.select({ id: users.id, name: users.name }).from(users).where(oneOf(users.id, ownerIds)),
    loadDrillFacts(db, sourceIds, now),
  ]);
  const nameOf = new Map(named.map(({ id, name }) => [id, name]));
  const ownerOf = new Map(owners.map(({ id, name }) => [id, name]));
  return plans.map((plan) => {
    const known = facts.get(plan.sourceId);
    const last = known?.last ?? null;
    return {
      id: plan.id,
      sourceId: plan.sourceId,
      sourceName: nameOf.get(plan.sourceId) ?? "",
      enabled: plan.enabled,
      selection: plan.selection,
      target: plan.target,
      recoveryTimeSeconds: plan.recoveryTimeSeconds,
      recoveryPointSeconds: plan.recoveryPointSeconds,
      cadence: plan.cadence,
      graceDays: plan.graceDays,
      ownerId: plan.ownerId,
      ownerName: plan.ownerId === null ? null : (ownerOf.get(plan.ownerId) ?? null),
      unattended: plan.unattended,
      proposed: plan.proposed,
      playbookVersion: plan.playbookVersion,
      nextDueAt: plan.nextDueAt.toISOString(),
      due: known?.due ?? "none",
      openDrillId: known?.open?.id ?? null,
      lastDrill: last === null ? null : { id: last.id, verdict: last.verdict, closedAt: last.closedAt.toISOString() },
      lastProvenAt: known?.lastProvenAt?.toISOString() ?? null,
      updatedAt: plan.updatedAt.toISOString(),
      version: plan.version,
    };
  });
}

/** One plan with its long texts, as the caller may see it; `playbook` where it is not written yet. */
export async function toPlan(
  db: Database | Transaction,
  context: Pick<ServiceContext, "actor" | "now">,
  plan: PlanRow,
  playbook?: string,
): Promise<DrillPlanDto> {
  const [summary] = await toPlanSummaries(db, [plan], context.now());
  if (summary === undefined) throw new Error("a row has one DTO");
  const { role, scopes } = context.actor;
  const checks = isAllowed(role, scopes, "drills:plan") ? plan.checks : plan.checks.map(withHiddenBody);
  return { ...summary, checks, playbook: playbook ?? (await playbookOf(db, plan)) };
}

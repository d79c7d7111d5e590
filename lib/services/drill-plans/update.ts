import { eq } from "drizzle-orm";
import type { DrillPlanDto, updateDrillPlan as contract } from "#lib/contracts/drill-plans";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type { Transaction } from "#lib/db/client";
import { servers } from "#lib/db/schema/servers";
import { sources } from "#lib/db/schema/sources";
import { users } from "#lib/db/schema/users";
import { LifeboatError } from "#lib/domain/error";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { refuseStale, requireVersion } from "../require-version.ts";
import type { PlanRow } from "./ensure.ts";
import { withStoredBodies } from "./hidden-bodies.ts";
import { lockPlan, playbookOf, toPlan } from "./load.ts";
import { savePlan } from "./save.ts";
import { drillPlaybooks } from "#lib/db/schema/drill-playbooks";

type Body = EndpointInput<typeof contract>["body"];

/**
 * Changes how a source is rehearsed; a drill that is open goes on as it began. A changed playbook becomes a new version of it. Throws `not-found` (also for an
 * owner or a server that is not there), `version-required`, `version-conflict`, `drill-no-target` for a file that shall go to a server.
 */
export async function updateDrillPlan(
  context: ServiceContext,
  { params, body, ifMatch }: EndpointInput<typeof contract>,
): Promise<DrillPlanDto> {
  authorise(context, "drills:plan");
  const expected = requireVersion(ifMatch);
  return context.db.transaction(async (tx) => {
    const plan = await lockPlan(tx, context, params.id);
    refuseStale("drillPlan", plan.version, expected);
    await refuseUnknown(tx, plan, body);
    const { playbook, nextDueAt, checks, ...fields } = body;
    const playbookVersion = await keepPlaybook(tx, context, plan, playbook);
    const due = nextDueAt === undefined ? {} : { nextDueAt: new Date(nextDueAt) };
    const after = await savePlan(tx, context, plan, {
      action: "drill-plan.update",
      set: {
        ...fields,
        ...(checks === undefined ? {} : { checks: withStoredBodies(checks, plan.checks) }),
        ...due,
        playbookVersion,
      },
    });
    return toPlan(tx, context, after);
  });
}

async function keepPlaybook(tx: Transaction, context: ServiceContext, plan: PlanRow, text: string | undefined): Promise<number> {
  if (text === undefined || text === (await playbookOf(tx, plan))) return plan.playbookVersion;
  const version = plan.playbookVersion + 1;
  await tx.insert(drillPlaybooks).values({ planId: plan.id, version, text, authorName: context.actor.name, createdAt: context.now() });
  return version;
}

async function refuseUnknown(tx: Transaction, plan: PlanRow, { ownerId, target }: Body): Promise<void> {
  if (ownerId !== undefined && ownerId !== null) {
    const [owner] = await tx.select({ disabledAt: users.disabledAt }).from(users).where(eq(users.id, ownerId));
    if (owner === undefined || owner.disabledAt !== null) throw new LifeboatError("not-found", { entity: "user", id: ownerId });
  }
  if (target?.type !== "server") return;
  const [source] = await tx.select({ engine: sources.engine }).from(sources).where(eq(sources.id, plan.sourceId));
  if (source?.engine === "sqlite") throw new LifeboatError("drill-no-target", { detail: "a file is restored as a file" });
  const [server] = await tx.select({ removedAt: servers.removedAt }).from(servers).where(eq(servers.id, target.serverId));
  if (server === undefined || server.removedAt !== null) throw new LifeboatError("not-found", { entity: "server", id: target.serverId });
}

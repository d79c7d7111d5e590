import { and, eq } from "drizzle-orm";
import type { DrillDetailDto, startDrill as contract } from "#lib/contracts/drills";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type { Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { drillPlaybooks } from "#lib/db/schema/drill-playbooks";
import { drills } from "#lib/db/schema/drills";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError } from "#lib/domain/error";
import { makeId } from "#lib/domain/ids";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { ensurePlan } from "../drill-plans/ensure.ts";
import { loadDrillDetail } from "./detail.ts";
import { wakeRuns } from "./move.ts";
import { queueDrillRun } from "./queue-run.ts";
import { refuseOpenDrillOf } from "./refuse-open.ts";
import type { DrillRow } from "./rows.ts";

type Body = EndpointInput<typeof contract>["body"];

/**
 * Starts a drill of a source by its plan. Throws `not-found`, `drill-open` { drillId } while one of that source is not over, `drill-no-backup`
 * { selection } where there is nothing to restore, and `drill-no-target` for a file that shall go to a server.
 */
export async function startDrill(context: ServiceContext, input: EndpointInput<typeof contract>): Promise<DrillDetailDto> {
  authorise(context, "drills:operate");
  const trigger = context.actor.type === "token" ? "api" : "manual";
  const { id } = await context.db.transaction((tx) => insertDrill(tx, context, input.body, trigger));
  await wakeRuns(context, id);
  return loadDrillDetail(context.db, id, context.now());
}

/** The part that the schedule shares. The caller wakes a worker. */
export async function insertDrill(tx: Transaction, context: ServiceContext, order: Body, trigger: DrillRow["trigger"]): Promise<DrillRow> {
  // Whoever starts a second one waits here, and is told of the first.
  const [source] = await tx.select().from(sources).where(eq(sources.id, order.sourceId)).for("no key update");
  if (source === undefined || source.removedAt !== null) throw new LifeboatError("not-found", { entity: "source", id: order.sourceId });
  await refuseOpenDrillOf(tx, source.id);
  const plan = await ensurePlan(tx, context, source);
  await refuseNothing(tx, source.id, order.backupId ?? null, plan.selection.type);
  const [playbook] = await tx
    .select({ text: drillPlaybooks.text })
    .from(drillPlaybooks)
    .where(and(eq(drillPlaybooks.planId, plan.id), eq(drillPlaybooks.version, plan.playbookVersion)));
  const wantedTarget = order.target ?? plan.target;
  if (order.target?.type === "server" && source.engine === "sqlite") {
    throw new LifeboatError("drill-no-target", { detail: "a file is restored as a file" });
  }
  const now = context.now();
  const { actor } = context;
  const [drill] = await tx
    .insert(drills)
    .values({
      id: makeId("drill", context.newUuid()),
      sourceId: source.id,
      planId: plan.id,
      state: "preparing",
      trigger,
      unattended: order.unattended,
      operatorId: actor.id,
      operatorName: actor.name,
      wantedBackupId: order.backupId ?? null,
      wantedTarget,
      recoveryTimeSeconds: plan.recoveryTimeSeconds,
      recoveryPointSeconds: plan.recoveryPointSeconds,
      playbookVersion: plan.playbookVersion,
      playbook: playbook?.text ?? "",
      events: [{ at: now.toISOString(), code: "started", params: { trigger, unattended: order.unattended }, actorName: actor.name }],
      startedAt: now,
    })
    .returning();
  if (drill === undefined) throw new Error("the insert returned no row");
  await queueDrillRun(tx, context, drill, { type: "drill-prepare" });
  await recordAudit(tx, context, {
    action: "drill.start",
    targetType: "drill",
    targetId: drill.id,
    targetName: source.name,
    after: { sourceId: source.id, backupId: order.backupId ?? null, unattended: order.unattended, trigger },
  });
  return drill;
}

async function refuseNothing(tx: Transaction, sourceId: string, backupId: string | null, selection: string): Promise<void> {
  const available = and(eq(backups.sourceId, sourceId), eq(backups.state, "available"));
  const wanted = backupId === null ? available : and(available, eq(backups.id, backupId));
  const [found] = await tx.select({ id: backups.id }).from(backups).where(wanted).limit(1);
  if (found !== undefined) return;
  if (backupId !== null) throw new LifeboatError("not-found", { entity: "backup", id: backupId });
  throw new LifeboatError("drill-no-backup", { selection });
}

import { eq } from "drizzle-orm";
import type { cleanUpSource as contract } from "#lib/contracts/policies";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type { RunDetailDto, StepCode } from "#lib/contracts/runs";
import type { Transaction } from "#lib/db/client";
import { servers } from "#lib/db/schema/servers";
import { sources } from "#lib/db/schema/sources";
import { LifeboatError } from "#lib/domain/error";
import type { RunTrigger } from "#lib/domain/run-state";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { loadRunDetail } from "../runs/load.ts";
import { type RunRow, startRun } from "../runs/start.ts";
import type { CleanUpOrder } from "./clean-up-order.ts";

/** Steps of a clean-up, in order. */
const cleanUpSteps: readonly StepCode[] = ["evaluate", "trash", "purge"];

/**
 * Carries out a source's policy now. Also without one: then only what waited long enough in the trash goes. Throws `not-found`, `run-active`.
 */
export async function cleanUpSource(context: ServiceContext, input: EndpointInput<typeof contract>): Promise<RunDetailDto> {
  authorise(context, "backups:delete");
  const trigger = context.actor.type === "token" ? "api" : "manual";
  const run = await context.db.transaction((tx) => startCleanUpRun(tx, context, { sourceId: input.params.id, trigger }));
  await context.wake(run.id, run.workerGroup);
  return loadRunDetail(context.db, run.id);
}

/**
 * The part that everybody who starts a clean-up shares: the run and its audit row. A removed source, too, has a trash. Throws `not-found` and
 * `run-active` { runId, type }. Call `context.wake(run.id, run.workerGroup)` after the transaction.
 */
export async function startCleanUpRun(
  tx: Transaction,
  context: ServiceContext,
  request: {
    readonly sourceId: string;
    readonly trigger: RunTrigger;
    readonly slotId?: string | null;
    readonly reason?: string;
    readonly purgeOnly?: boolean;
    /** Left out: the group of the source, else that of its server. */
    readonly workerGroup?: string;
  },
): Promise<RunRow> {
  const { sourceId, trigger } = request;
  const [source] = await tx
    .select({ name: sources.name, group: sources.workerGroup, serverGroup: servers.workerGroup })
    .from(sources)
    .leftJoin(servers, eq(servers.id, sources.serverId))
    .where(eq(sources.id, sourceId));
  if (source === undefined) throw new LifeboatError("not-found", { entity: "source", id: sourceId });
  const workerGroup = request.workerGroup ?? source.group ?? source.serverGroup;
  const run = await startRun(tx, context, {
    type: "clean-up",
    ...(workerGroup === null ? {} : { workerGroup }),
    subject: sourceId,
    sourceId,
    slotId: request.slotId ?? null,
    trigger,
    reason: request.reason ?? "",
    input: { purgeOnly: request.purgeOnly ?? false } satisfies CleanUpOrder,
    steps: cleanUpSteps,
  });
  await recordAudit(tx, context, {
    action: "source.clean-up",
    targetType: "source",
    targetId: sourceId,
    targetName: source.name,
    after: { runId: run.id, trigger },
  });
  return run;
}

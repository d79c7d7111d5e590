import { and, eq } from "drizzle-orm";
import type { verifyChain as contract } from "#lib/contracts/chains";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type { RunDetailDto, StepCode } from "#lib/contracts/runs";
import { backups } from "#lib/db/schema/backups";
import { LifeboatError } from "#lib/domain/error";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { loadRunDetail } from "../runs/load.ts";
import { startRun } from "../runs/start.ts";
import { requireChain } from "./load.ts";

/** Steps of a chain's verification, in order. */
export const verifyChainSteps: readonly StepCode[] = ["prepare", "check-chain"];

/** Starts a look at every pack and every member of a chain. Throws `not-found`, also for a chain without a backup, and `run-active`. */
export async function verifyChain(context: ServiceContext, input: EndpointInput<typeof contract>): Promise<RunDetailDto> {
  authorise(context, "backups:verify");
  const { id } = input.params;
  const run = await context.db.transaction(async (tx) => {
    const chain = await requireChain(tx, id);
    const [member] = await tx
      .select({ id: backups.id })
      .from(backups)
      .where(and(eq(backups.chainId, id), eq(backups.state, "available")))
      .limit(1);
    if (member === undefined) throw new LifeboatError("not-found", { entity: "chain", id });
    const started = await startRun(tx, context, {
      type: "verify-chain",
      subject: id,
      sourceId: chain.sourceId,
      trigger: context.actor.type === "token" ? "api" : "manual",
      steps: verifyChainSteps,
    });
    await recordAudit(tx, context, { action: "chain.verify", targetType: "chain", targetId: id, after: { runId: started.id } });
    return started;
  });
  await context.wake(run.id, run.workerGroup);
  return loadRunDetail(context.db, run.id);
}

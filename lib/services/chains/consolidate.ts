import { and, desc, eq } from "drizzle-orm";
import type { consolidateChain as contract } from "#lib/contracts/chains";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type { RunDetailDto, StepCode } from "#lib/contracts/runs";
import { backups } from "#lib/db/schema/backups";
import { LifeboatError } from "#lib/domain/error";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { SynthesisOrder } from "../backups/synthesis-order.ts";
import { synthesisSteps } from "../backups/synthesize.ts";
import type { ServiceContext } from "../context.ts";
import { loadRunDetail } from "../runs/load.ts";
import { startRun } from "../runs/start.ts";
import { requireChain } from "./load.ts";

/** Steps of a consolidation, in order: a synthetic full, its verification, the end of the old chain. */
export const consolidationSteps: readonly StepCode[] = [...synthesisSteps, "check-pack", "decode", "archive-list", "retire"];

/**
 * Starts a consolidation: a synthetic full of the chain's newest member, verified, then nothing is built on the chain any more. With `removeOld`
 * the caller must be allowed to delete backups. Throws `not-found`, also for a chain without a backup, `chain-retired` { chainId }, `run-active`.
 */
export async function consolidateChain(context: ServiceContext, input: EndpointInput<typeof contract>): Promise<RunDetailDto> {
  authorise(context, "backups:create");
  const { removeOld } = input.body;
  if (removeOld) authorise(context, "backups:delete");
  const { id } = input.params;
  const run = await context.db.transaction(async (tx) => {
    const chain = await requireChain(tx, id);
    if (chain.retiredAt !== null) throw new LifeboatError("chain-retired", { chainId: id });
    const [newest] = await tx
      .select({ id: backups.id })
      .from(backups)
      .where(and(eq(backups.chainId, id), eq(backups.state, "available")))
      .orderBy(desc(backups.snapshotAt), desc(backups.id))
      .limit(1);
    if (newest === undefined) throw new LifeboatError("not-found", { entity: "chain", id });
    const started = await startRun(tx, context, {
      type: "synthesize",
      subject: id,
      sourceId: chain.sourceId,
      trigger: context.actor.type === "token" ? "api" : "manual",
      input: { backupId: newest.id, consolidate: true, removeOld } satisfies SynthesisOrder,
      steps: consolidationSteps,
    });
    await recordAudit(tx, context, {
      action: "chain.consolidate",
      targetType: "chain",
      targetId: id,
      after: { runId: started.id, from: newest.id, removeOld },
    });
    return started;
  });
  await context.wake(run.id, run.workerGroup);
  return loadRunDetail(context.db, run.id);
}

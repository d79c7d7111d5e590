import { and, eq } from "drizzle-orm";
import { describeReason } from "#lib/contracts/describe-reason";
import type { Transaction } from "#lib/db/client";
import { backups } from "#lib/db/schema/backups";
import { chains } from "#lib/db/schema/chains";
import { LifeboatError } from "#lib/domain/error";
import { recordAudit } from "../audit/record.ts";
import { startRemovals } from "../backups/remove.ts";
import { databaseNow } from "../runs/lease.ts";
import { actAs, type RunWork } from "../runs/work.ts";

/**
 * Ends a chain for the sake of the full that took its place; nothing is built on it any more. With `removeOld` a run of its own moves its
 * members to the trash, unless one is pinned, kept for an undo or newer than `until`, the full's moment: then the whole chain stays, and the returned
 * warning says why.
 */
export async function retireChain(
  tx: Transaction,
  work: RunWork,
  request: { chain: typeof chains.$inferSelect; supersededById: string; until: Date; removeOld: boolean },
): Promise<string[]> {
  const { deps, run } = work;
  const { chain, supersededById, until, removeOld } = request;
  const context = actAs(deps, run);
  await tx.update(chains).set({ retiredAt: databaseNow, supersededById }).where(eq(chains.id, chain.id));
  await recordAudit(tx, context, {
    action: "chain.consolidated",
    targetType: "chain",
    targetId: chain.id,
    after: { runId: run.id, supersededById, removeOld },
  });
  if (!removeOld) return [];
  const members = await tx
    .select({ id: backups.id, snapshotAt: backups.snapshotAt })
    .from(backups)
    .where(and(eq(backups.chainId, chain.id), eq(backups.state, "available")));
  // Made while the run waited or worked: the full does not hold what they do.
  const newer = members.filter((member) => member.snapshotAt > until).length;
  if (newer > 0)
    return [`the old chain was kept: ${newer} of its backups ${newer === 1 ? "is" : "are"} newer than the full that took its place`];
  try {
    // Tried for itself: a refusal must not undo what was decided above.
    await tx.transaction((inner) =>
      startRemovals(inner, context, {
        ids: members.map((member) => member.id),
        trigger: run.trigger,
        reason: "consolidated",
        trash: "consolidated",
      }),
    );
    return [];
  } catch (error) {
    if (!(error instanceof LifeboatError)) throw error;
    return [`the old chain was kept: ${describeReason(error.reason).message}`];
  }
}

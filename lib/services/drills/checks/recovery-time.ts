import { eq } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { drills } from "#lib/db/schema/drills";
import { judgeRecoveryTime, recoveryOf } from "#lib/domain/drill-judge-recovery";
import { loadChecks, resetChecks, writeVerdict } from "./rows.ts";

/**
 * Stops the recovery clock when every other mandatory check has passed, sets it going again when one no longer has, and judges the recovery time
 * from it. To be called in the transaction that ends a run of checks or takes an answer.
 */
export async function settleRecoveryTime(tx: Transaction, drillId: string): Promise<void> {
  const [drill] = await tx.select().from(drills).where(eq(drills.id, drillId)).for("update");
  if (drill === undefined || drill.clockStartedAt === null) return;
  const checks = await loadChecks(tx, drillId);
  const recovery = recoveryOf(checks);
  const stoppedAt = recovery.state === "recovered" ? (drill.clockStoppedAt ?? recovery.at) : null;
  if (stoppedAt?.getTime() !== drill.clockStoppedAt?.getTime()) {
    await tx.update(drills).set({ clockStoppedAt: stoppedAt }).where(eq(drills.id, drillId));
  }
  for (const check of checks.filter(({ type, state }) => type === "recovery-time" && state !== "not-applicable")) {
    const judgement = judgeRecoveryTime({
      recovery,
      startedAt: drill.clockStartedAt,
      stoppedAt,
      objectiveSeconds: drill.recoveryTimeSeconds,
    });
    const isSame = judgement !== null && judgement.verdict === check.state && judgement.actual === check.actual;
    if (isSame) continue;
    await resetChecks(tx, drillId, [check.key]);
    if (judgement !== null) await writeVerdict(tx, drillId, check.key, judgement, 0);
  }
}

import { and, eq } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { copies } from "#lib/db/schema/copies";
import { packs } from "#lib/db/schema/packs";
import { validations } from "#lib/db/schema/validations";
import { copyAfterLook } from "#lib/domain/broken";
import type { Reason } from "#lib/domain/error";
import { makeId } from "#lib/domain/ids";
import type { CheckOutcome } from "#lib/repository/port";
import { recordAudit } from "../audit/record.ts";
import { databaseNow } from "../runs/lease.ts";
import { actAs, type RunWork } from "../runs/work.ts";

/** What a look found of one backup. */
export type Verdict = {
  readonly backup: { readonly id: string; readonly fileName: string };
  readonly packKey: string;
  readonly checks: readonly CheckOutcome[];
  /** Null when everything passed. */
  readonly failure: Reason | null;
  readonly durationMs: number;
};

/** Keeps what a look found: as history, on the copy, in the audit log. Damage in another backup's pack is kept with that one's copy, too. */
export async function writeVerdict(tx: Transaction, work: RunWork, verdict: Verdict): Promise<void> {
  const { deps, run } = work;
  const { backup, failure } = verdict;
  const passed = failure === null;
  await tx.insert(validations).values({
    id: makeId("validation", deps.context.newUuid()),
    backupId: backup.id,
    destinationId: deps.destination.id,
    runId: run.id,
    level: "verified",
    verdict: passed ? "passed" : "failed",
    checks: [...verdict.checks],
    at: deps.context.now(),
    durationMs: Math.round(verdict.durationMs),
  });
  const { state, otherKey } = copyAfterLook(failure, verdict.packKey);
  await tx
    .update(copies)
    .set(passed ? { state, verifiedAt: databaseNow, failedAt: null, failure: null } : { state, failedAt: databaseNow, failure })
    .where(and(eq(copies.backupId, backup.id), eq(copies.destinationId, deps.destination.id)));
  if (otherKey !== null) await markPack(tx, work, otherKey, failure);
  await recordAudit(tx, actAs(deps, run), {
    action: passed ? "backup.verified" : "backup.verify-failed",
    targetType: "backup",
    targetId: backup.id,
    targetName: backup.fileName,
    after: { runId: run.id, failure: failure?.code ?? null },
  });
}

/** Of a pack that lies under `key`: what was just found out about it is kept, so that nothing is built upon it. */
async function markPack(tx: Transaction, { deps }: RunWork, key: string, failure: Reason | null): Promise<void> {
  const [pack] = await tx.select({ backupId: packs.backupId }).from(packs).where(eq(packs.key, key));
  if (pack === undefined) return;
  const isGone = (await deps.destination.storage.stat(key)) === null;
  await tx
    .update(copies)
    .set({
      state: isGone ? "missing" : "damaged",
      failedAt: databaseNow,
      failure: isGone ? { code: "pack-missing", params: { key } } : failure,
    })
    .where(and(eq(copies.backupId, pack.backupId), eq(copies.destinationId, deps.destination.id)));
}

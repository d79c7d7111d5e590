import { LifeboatError } from "#lib/domain/error";
import { removalsOf, type RetentionDecision } from "#lib/domain/retention";
import type { RemoveReasonCode } from "#lib/domain/retention-rule";
import { finishRun } from "../runs/finish.ts";
import { assertLease } from "../runs/lease.ts";
import { actAs, type RunWork } from "../runs/work.ts";
import { cleanUpOrder } from "./clean-up-order.ts";
import { assertClock } from "./clock.ts";
import { evaluate, holdSource } from "./evaluate.ts";
import { findPolicyOf } from "./load.ts";
import { purgeTrash } from "./purge.ts";
import { moveToTrash } from "./trash.ts";

/**
 * Carries out a source's policy: what it keeps no longer moves to the trash, in one transaction with everything that was looked at; what waited
 * there long enough is removed, storage first, row last. Fails with `clock-suspect` before anything, and with `removal-partial`
 * { removed, failed } after all the others are done.
 */
export async function executeCleanUpSource(work: RunWork): Promise<void> {
  const { run, deps, reporter, db } = work;
  const sourceId = run.sourceId ?? run.subject;
  // Twice, because a clean-up of many takes a while; once here so that nothing is even looked at.
  await assertClock(deps.context);
  const { purgeOnly } = cleanUpOrder.parse(run.input);
  if (!purgeOnly) await trashByPolicy(work, sourceId);
  await assertClock(deps.context);
  await reporter.setStep("purge", { state: "running" });
  const { removed, deferred, failed, bytes } = await purgeTrash(work, sourceId);
  await reporter.setStep("purge", { state: failed > 0 ? "failed" : "done", facts: { removed, deferred, failed, bytes } });
  if (failed > 0) throw new LifeboatError("removal-partial", { removed, failed });
  await db.transaction((tx) => finishRun(tx, work.lease, { state: "succeeded" }));
}

async function trashByPolicy(work: RunWork, sourceId: string): Promise<void> {
  const { run, deps, reporter, db, lease } = work;
  await reporter.setStep("evaluate", { state: "running" });
  const trashed = await db.transaction(async (tx) => {
    const policy = await findPolicyOf(tx, sourceId);
    if (policy === null) return null;
    await holdSource(tx, sourceId);
    const { decisions, needs } = await evaluate(tx, { sourceId, rule: policy.rule, now: deps.context.now(), runId: run.id });
    const ids = removalsOf(decisions, needs);
    const reasons = reasonsOf(decisions);
    await moveToTrash(tx, actAs(deps, run), {
      ids,
      reason: (id) => reasons.get(id) ?? "too-old",
      graceDays: policy.graceDays,
      runId: run.id,
      policyName: policy.name,
    });
    await assertLease(tx, lease);
    return { policy, decisions, ids, reasons };
  });
  if (trashed === null) {
    reporter.log("info", "the source has no retention policy: everything is kept");
    await reporter.setStep("evaluate", { state: "done", facts: { kept: 0, trashed: 0 } });
    return;
  }
  const { policy, decisions, ids, reasons } = trashed;
  await reporter.setStep("evaluate", {
    state: "done",
    facts: { policy: policy.name, kept: decisions.length - ids.length, trashed: ids.length },
  });
  await reporter.setStep("trash", { state: "running" });
  for (const id of ids) reporter.log("info", `moved ${id} to the trash (${reasons.get(id)})`);
  const isHeld = decisions[0]?.verdict === "keep" && decisions[0].reason === "clock";
  if (isHeld) {
    reporter.log("warning", "nothing goes to the trash: a backup was made later than now, so a clock is or was wrong");
  }
  await reporter.setStep("trash", {
    state: "done",
    facts: { trashed: ids.length, graceDays: policy.graceDays, ...(isHeld ? { heldByClock: true } : {}) },
  });
}

function reasonsOf(decisions: readonly RetentionDecision[]): Map<string, RemoveReasonCode> {
  return new Map(decisions.flatMap((each) => (each.verdict === "trash" ? [[each.id, each.reason] as const] : [])));
}

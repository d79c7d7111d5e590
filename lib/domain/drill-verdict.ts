import { type CheckState, type CheckType, isContentCheck } from "./drill-checks.ts";
import type { DrillVerdict } from "./drill-state.ts";
import type { Reason } from "./error.ts";

export type JudgedCheck = {
  readonly key: string;
  readonly type: CheckType;
  readonly mandatory: boolean;
  readonly state: CheckState;
};

export type DrillOutcome = {
  /** Why there is no copy that could be checked; null once it is restored. */
  readonly restoreProblem: Reason | null;
  readonly checks: readonly JudgedCheck[];
  /** How many people wrote down. */
  readonly findings: number;
};

/** `reasons` say why it is no better. */
export type Judgement = { readonly best: DrillVerdict; readonly reasons: readonly Reason[]; readonly isComplete: boolean };

/**
 * The best verdict that a drill allows: failed when the restore failed, a mandatory check failed or has no verdict, or no mandatory check of the
 * contents passed; passed with findings when an advisory one failed or was left without a verdict, or somebody wrote a finding. `isComplete` false: a mandatory check is still
 * to be decided, and the verdict may become better.
 */
export function judgeDrill({ restoreProblem, checks, findings }: DrillOutcome): Judgement {
  if (restoreProblem !== null) return { best: "failed", reasons: [restoreProblem], isComplete: true };
  const mandatory = checks.filter((check) => check.mandatory);
  const failed = mandatory.filter(({ state }) => state === "failed");
  const undecided = mandatory.filter(isUndecided);
  const reasons: Reason[] = [];
  if (failed.length > 0) reasons.push(failedOf(failed));
  if (undecided.length > 0) reasons.push({ code: "check-pending", params: { count: undecided.length } });
  if (!mandatory.some(({ type, state }) => isContentCheck(type) && state === "passed")) {
    reasons.push({ code: "check-no-content", params: {} });
  }
  const isComplete = undecided.length === 0;
  if (reasons.length > 0) return { best: "failed", reasons, isComplete };
  const advisory = checks.filter(({ mandatory: must, state }) => !must && state === "failed");
  const skipped = checks.filter((check) => !check.mandatory && isUndecided(check)).length;
  if (advisory.length > 0) reasons.push(failedOf(advisory));
  if (skipped > 0) reasons.push({ code: "check-pending", params: { count: skipped } });
  if (reasons.length > 0) return { best: "passed-with-findings", reasons, isComplete };
  return { best: findings > 0 ? "passed-with-findings" : "passed", reasons: [], isComplete };
}

/**
 * Whether a closed drill proves its backup: it did not fail, and no comparison of the whole contents failed or was left out, whatever the plan calls
 * advisory.
 */
export function isProven(verdict: DrillVerdict, checks: readonly Pick<JudgedCheck, "type" | "state">[]): boolean {
  if (verdict === "failed") return false;
  return !checks.some((check) => check.type === "content" && (check.state === "failed" || isUndecided(check)));
}

function isUndecided({ state }: Pick<JudgedCheck, "state">): boolean {
  return state === "pending" || state === "running";
}

function failedOf(checks: readonly JudgedCheck[]): Reason {
  return { code: "check-failed", params: { count: checks.length, first: checks[0]?.key ?? "" } };
}

const order: readonly DrillVerdict[] = ["failed", "passed-with-findings", "passed"];

/** True when `verdict` claims more than `best` allows. */
export function isTooGood(verdict: DrillVerdict, best: DrillVerdict): boolean {
  return order.indexOf(verdict) > order.indexOf(best);
}

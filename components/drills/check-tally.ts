import type { DrillCheckDto } from "#lib/contracts/drills";
import { isManualCheck } from "#lib/domain/drill-checks";

export type CheckTally = {
  readonly passed: number;
  readonly failed: number;
  /** Not run, or at work. */
  readonly waiting: number;
  readonly notApplicable: number;
  /** How many a machine can run. */
  readonly automatic: number;
  /** Mandatory ones without a verdict, and those that failed. */
  readonly undecided: number;
  readonly mandatoryFailed: number;
};

/** How a drill's checks stand, counted. */
export function checkTally(checks: readonly Pick<DrillCheckDto, "state" | "mandatory" | "type">[]): CheckTally {
  const count = (is: (check: Pick<DrillCheckDto, "state" | "mandatory" | "type">) => boolean): number => checks.filter(is).length;
  const waits = ({ state }: Pick<DrillCheckDto, "state">): boolean => state === "pending" || state === "running";
  return {
    passed: count(({ state }) => state === "passed"),
    failed: count(({ state }) => state === "failed"),
    waiting: count(waits),
    notApplicable: count(({ state }) => state === "not-applicable"),
    automatic: count(({ state, type }) => state !== "not-applicable" && !isManualCheck(type)),
    // The recovery time is judged when all others are decided: waiting for it would be waiting for oneself.
    undecided: count((check) => check.mandatory && waits(check) && check.type !== "recovery-time"),
    mandatoryFailed: count(({ state, mandatory }) => mandatory && state === "failed"),
  };
}

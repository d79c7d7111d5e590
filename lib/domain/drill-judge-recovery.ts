import type { CheckState, CheckType } from "./drill-checks.ts";
import { failed, type Judgement, passed } from "./drill-judgement.ts";

type Judged = {
  readonly key: string;
  readonly type: CheckType;
  readonly mandatory: boolean;
  readonly state: CheckState;
  readonly finishedAt: Date | null;
};

/** Whether everything that must hold of the copy holds: `at` is the moment from which on it did. */
export type Recovery =
  | { readonly state: "recovered"; readonly at: Date }
  | { readonly state: "waiting" }
  | { readonly state: "failed"; readonly count: number; readonly first: string };

/** What the mandatory checks say, the recovery time itself left out. A drill without one that ran is never recovered. */
export function recoveryOf(checks: readonly Judged[]): Recovery {
  const counted = checks.filter(({ mandatory, type, state }) => mandatory && type !== "recovery-time" && state !== "not-applicable");
  if (counted.some(({ state }) => state === "pending" || state === "running")) return { state: "waiting" };
  const bad = counted.filter(({ state }) => state === "failed");
  if (bad.length > 0) return { state: "failed", count: bad.length, first: bad[0]!.key };
  const times = counted.flatMap(({ finishedAt }) => (finishedAt === null ? [] : [finishedAt.getTime()]));
  return times.length === 0 ? { state: "waiting" } : { state: "recovered", at: new Date(Math.max(...times)) };
}

/** Null while it cannot be told yet. A second that has begun counts. */
export function judgeRecoveryTime(known: {
  readonly recovery: Recovery;
  readonly startedAt: Date;
  readonly stoppedAt: Date | null;
  readonly objectiveSeconds: number | null;
}): Judgement | null {
  const { recovery, startedAt, stoppedAt, objectiveSeconds } = known;
  if (objectiveSeconds === null || recovery.state === "waiting") return null;
  const expected = `at most ${objectiveSeconds} s`;
  if (recovery.state === "failed") {
    return failed(expected, "not recovered", { code: "check-failed", params: { count: recovery.count, first: recovery.first } });
  }
  const actualSeconds = Math.ceil(Math.max(0, (stoppedAt ?? recovery.at).getTime() - startedAt.getTime()) / 1000);
  return judgeObjective(expected, objectiveSeconds, actualSeconds);
}

/** From the backup's snapshot to the start of the drill. */
export function judgeRecoveryPoint(snapshotAt: Date, startedAt: Date, objectiveSeconds: number): Judgement {
  const actualSeconds = Math.ceil(Math.max(0, startedAt.getTime() - snapshotAt.getTime()) / 1000);
  return judgeObjective(`at most ${objectiveSeconds} s`, objectiveSeconds, actualSeconds);
}

function judgeObjective(expected: string, objectiveSeconds: number, actualSeconds: number): Judgement {
  const actual = `${actualSeconds} s`;
  if (actualSeconds <= objectiveSeconds) return passed(expected, actual);
  return failed(expected, actual, { code: "objective-missed", params: { objectiveSeconds, actualSeconds } });
}

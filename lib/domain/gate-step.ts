import type { Reason } from "./error.ts";
import { type GateChecker, type GateState, isGateOver } from "./gate-state.ts";
import { isActive, type RunState } from "./run-state.ts";

/** A run of a gate, as it stands now. */
export type GateRun = { readonly state: RunState; readonly error: Reason | null; readonly backupId: string | null };

export type GateFacts = {
  readonly state: GateState;
  readonly checker: GateChecker;
  readonly startedAt: Date;
  readonly deadlineAt: Date;
  /** Null: not started yet. */
  readonly backupRun: GateRun | null;
  readonly verifyRun: GateRun | null;
  readonly checkRun: GateRun | null;
  /** What the release check ended with; null while nobody told. */
  readonly exitCode: number | null;
  /** Its backup is still among those that can be restored. */
  readonly hasBackup: boolean;
};

/** What is to be done about a gate next. `start-…` may be impossible for now (another run holds its subject): then it is tried again. */
export type GateStep =
  | { readonly do: "wait" }
  | { readonly do: "start-backup" }
  | { readonly do: "start-verify"; readonly backupId: string }
  | { readonly do: "await-check" }
  | { readonly do: "start-check" }
  | { readonly do: "pass" }
  | { readonly do: "fail"; readonly error: Reason };

const wait = { do: "wait" } as const;
const minuteMs = 60_000;

/**
 * Derives a gate's next step from its row and the rows of its runs, so that whoever was killed, the next look goes on. A failure is told as what it is;
 * past the deadline nothing goes on, and nothing passes.
 */
export function nextGateStep(gate: GateFacts, now: Date): GateStep {
  if (isGateOver(gate.state)) return wait;
  const found = stepOf(gate);
  const isLost = found.do === "pass" && !gate.hasBackup;
  const step = isLost ? fail({ code: "gate-backup-failed", params: { code: "backup-not-restorable" } }) : found;
  if (step.do === "fail" || now < gate.deadlineAt) return step;
  const minutes = Math.round((gate.deadlineAt.getTime() - gate.startedAt.getTime()) / minuteMs);
  return fail({ code: "gate-timeout", params: { minutes } });
}

function stepOf(gate: GateFacts): GateStep {
  switch (gate.state) {
    case "backing-up":
      return afterBackup(gate);
    case "verifying":
      return afterVerify(gate);
    case "checking":
      return afterCheck(gate);
    case "passed":
    case "failed":
      return wait;
    default:
      return gate.state satisfies never;
  }
}

function afterBackup({ backupRun }: GateFacts): GateStep {
  if (backupRun === null) return { do: "start-backup" };
  if (isActive(backupRun.state)) return wait;
  if (backupRun.state === "succeeded" && backupRun.backupId !== null) return { do: "start-verify", backupId: backupRun.backupId };
  return fail({ code: "gate-backup-failed", params: { code: codeOf(backupRun) } });
}

function afterVerify({ verifyRun, backupRun, checker }: GateFacts): GateStep {
  if (verifyRun === null) {
    const backupId = backupRun?.backupId ?? null;
    if (backupId === null) return fail({ code: "gate-backup-failed", params: { code: "internal" } });
    return { do: "start-verify", backupId };
  }
  if (isActive(verifyRun.state)) return wait;
  if (verifyRun.state !== "succeeded") return fail({ code: "gate-verify-failed", params: { code: codeOf(verifyRun) } });
  switch (checker) {
    case "none":
      return { do: "pass" };
    case "client":
      return { do: "await-check" };
    case "worker":
      return { do: "start-check" };
    default:
      return checker satisfies never;
  }
}

/** A worker's command that ended is told by its exit code; one that could not be run, or was lost, by its run. */
function afterCheck({ checker, checkRun, exitCode }: GateFacts): GateStep {
  if (exitCode !== null) return exitCode === 0 ? { do: "pass" } : fail({ code: "gate-check-failed", params: { exitCode } });
  if (checker !== "worker") return wait;
  if (checkRun === null) return { do: "start-check" };
  return isActive(checkRun.state) ? wait : fail(checkRun.error ?? { code: "internal", params: {} });
}

function codeOf(run: GateRun): string {
  return run.error?.code ?? (run.state === "cancelled" ? "run-cancelled" : "internal");
}

function fail(error: Reason): GateStep {
  return { do: "fail", error };
}

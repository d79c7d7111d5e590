import type { GateDto } from "#lib/contracts/gates";

export type GateStepName = "backup" | "verify" | "check";
/** `never`: it ended before its turn. `skipped`: nobody asked for it. */
export type GateStepState = "done" | "running" | "failed" | "waiting" | "skipped" | "never";
export type GateStepView = {
  readonly name: GateStepName;
  readonly state: GateStepState;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly runId: string | null;
};

type Facts = Pick<
  GateDto,
  "state" | "checker" | "startedAt" | "backedUpAt" | "verifiedAt" | "endedAt" | "exitCode" | "backupRunId" | "verifyRunId" | "checkRunId"
>;

/** The three steps of a gate as far as its own times tell; a failure belongs to the first step that did not end. */
export function stepsOf(gate: Facts): readonly GateStepView[] {
  const { state, checker, startedAt, backedUpAt, verifiedAt, endedAt, backupRunId, verifyRunId, checkRunId } = gate;
  const isOver = state === "passed" || state === "failed";
  const after = (isDone: boolean, isReached: boolean): GateStepState => {
    if (isDone) return "done";
    if (!isReached) return isOver ? "never" : "waiting";
    return isOver ? "failed" : "running";
  };
  const backup = after(backedUpAt !== null, true);
  const verify = after(verifiedAt !== null, backedUpAt !== null);
  const check = checker === "none" ? "skipped" : after(state === "passed", verifiedAt !== null);
  return [
    { name: "backup", state: backup, startedAt, endedAt: backedUpAt ?? (backup === "failed" ? endedAt : null), runId: backupRunId },
    {
      name: "verify",
      state: verify,
      startedAt: backedUpAt,
      endedAt: verifiedAt ?? (verify === "failed" ? endedAt : null),
      runId: verifyRunId,
    },
    {
      name: "check",
      state: check,
      startedAt: check === "skipped" ? null : verifiedAt,
      endedAt: check === "done" || check === "failed" ? endedAt : null,
      runId: checkRunId,
    },
  ];
}

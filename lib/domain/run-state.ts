/** States of a run. `queued` and `running` are active; the rest are final. */
export const runStates = ["queued", "running", "succeeded", "failed", "cancelled"] as const;
export type RunState = (typeof runStates)[number];

/** What runs do. `check-server` and `preview-restore` are short probes that a worker answers and lists leave out by default. */
export const runTypes = [
  "backup",
  "verify",
  "restore",
  "delete",
  "undo-replace",
  "clean-up-replace",
  "verify-chain",
  "synthesize",
  "import",
  "scan-storage",
  "check-server",
  "preview-restore",
  "check-file",
  "list-import-folder",
  "drill-prepare",
  "drill-restore",
  "drill-check",
  "drill-close",
  "drill-query",
  "clean-up",
  "gate-check",
] as const;
export type RunType = (typeof runTypes)[number];

export const probeTypes: ReadonlySet<RunType> = new Set([
  "check-server",
  "preview-restore",
  "check-file",
  "list-import-folder",
  "drill-query",
]);

const next: Record<RunState, ReadonlySet<RunState>> = {
  queued: new Set(["running", "cancelled", "failed"]),
  running: new Set(["succeeded", "failed", "cancelled"]),
  succeeded: new Set(),
  failed: new Set(),
  cancelled: new Set(),
};

/** True for the states in which a run still holds its subject. */
export function isActive(state: RunState): boolean {
  return state === "queued" || state === "running";
}

/** True when the state machine has an edge from `from` to `to`. */
export function canMove(from: RunState, to: RunState): boolean {
  return next[from].has(to);
}

/** Why a run was started. */
export const runTriggers = [
  "manual",
  "start-up",
  "api",
  "setup",
  "safety",
  "retention",
  "daily",
  "drill",
  "schedule",
  "pre-deploy",
  "stale",
] as const;
export type RunTrigger = (typeof runTriggers)[number];

/** States of one step of a run. */
export const stepStates = ["pending", "running", "done", "failed", "skipped"] as const;
export type StepState = (typeof stepStates)[number];

/** Seconds without a heartbeat after which a run's lease is over. A successor may then fail it. */
export const defaultLeaseSeconds = 30;

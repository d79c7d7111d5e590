/** Where a drill stands. Each of the `…ing` states but `validating` means that a worker has something to do. */
export const drillStates = [
  "preparing",
  "prepared",
  "restoring",
  "restore-failed",
  "validating",
  "closing",
  "closed",
  "aborting",
  "aborted",
] as const;
export type DrillState = (typeof drillStates)[number];

/** The four phases that people are led through. */
export const drillPhases = ["prepare", "restore", "validate", "close"] as const;
export type DrillPhase = (typeof drillPhases)[number];

export const drillVerdicts = ["passed", "passed-with-findings", "failed"] as const;
export type DrillVerdict = (typeof drillVerdicts)[number];

/** `server`: a temporary database on a server; `file`: a copy of an SQLite file in a folder of the drill. */
export const drillTargetTypes = ["sandbox", "server", "file"] as const;
export type DrillTargetType = (typeof drillTargetTypes)[number];

const next: Record<DrillState, ReadonlySet<DrillState>> = {
  preparing: new Set(["prepared", "aborting"]),
  prepared: new Set(["preparing", "restoring", "aborting"]),
  // A drill whose restore failed is restored again, closed as failed, or aborted.
  restoring: new Set(["validating", "restore-failed", "aborting"]),
  "restore-failed": new Set(["restoring", "closing", "aborting"]),
  validating: new Set(["restoring", "closing", "aborting"]),
  closing: new Set(["closed"]),
  aborting: new Set(["aborted"]),
  closed: new Set(),
  aborted: new Set(),
};

/** True when the state machine has an edge from `from` to `to`. */
export function canMoveDrill(from: DrillState, to: DrillState): boolean {
  return next[from].has(to);
}

/** True while something of the drill may be left on the machine, and its report is not written. */
export function isDrillOpen(state: DrillState): boolean {
  return state !== "closed" && state !== "aborted";
}

/** The phase in which a state belongs. An aborted drill stays where it was aborted: `null` says to look at its events. */
export function phaseOf(state: DrillState): DrillPhase | null {
  switch (state) {
    case "preparing":
    case "prepared":
      return "prepare";
    case "restoring":
    case "restore-failed":
      return "restore";
    case "validating":
      return "validate";
    case "closing":
    case "closed":
      return "close";
    case "aborting":
    case "aborted":
      return null;
  }
}

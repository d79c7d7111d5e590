/**
 * States of a gate. `backing-up`, `verifying` and `checking` work; `passed` and `failed` are final: after `failed` nothing may be deployed.
 * `checking` by `client`: whoever opened the gate runs the release check and tells how it ended.
 */
export const gateStates = ["backing-up", "verifying", "checking", "passed", "failed"] as const;
export type GateState = (typeof gateStates)[number];

/** Who runs the release check: nobody, the caller (the command line), or a worker (a command that its host declares). */
export const gateCheckers = ["none", "client", "worker"] as const;
export type GateChecker = (typeof gateCheckers)[number];

export function isGateOver(state: GateState): state is "passed" | "failed" {
  return state === "passed" || state === "failed";
}

import type { DrillTargetChoice } from "#lib/contracts/drill-plans";

/** A target as the value of a menu: `automatic`, `sandbox`, or the id of a server. */
export function targetOf(value: string): DrillTargetChoice {
  return value === "automatic" || value === "sandbox" ? { type: value } : { type: "server", serverId: value };
}

export function valueOfTarget(target: DrillTargetChoice): string {
  return target.type === "server" ? target.serverId : target.type;
}

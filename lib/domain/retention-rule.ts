/** For how long backups of each kind are kept; 0 keeps none beyond what is protected. */
export type PerKindRule = {
  readonly type: "per-kind";
  readonly fullMonths: number;
  readonly differentialWeeks: number;
  readonly incrementalDays: number;
};
/** Grandfather, father, son: the newest of each of the last so many days, weeks (Monday to Sunday) and months, in UTC. */
export type GfsRule = { readonly type: "gfs"; readonly daily: number; readonly weekly: number; readonly monthly: number };
export type KeepLastRule = { readonly type: "keep-last"; readonly keep: number };
export type KeepDaysRule = { readonly type: "keep-days"; readonly days: number };
export type SimpleRule = PerKindRule | GfsRule | KeepLastRule | KeepDaysRule;

/**
 * A policy's rule: a backup stays while any of `keep` says so; with `capBytes` the oldest of those that only a rule keeps go first. An empty `keep`
 * keeps everything that fits.
 */
export type RetentionRule = { readonly keep: readonly SimpleRule[]; readonly capBytes: number | null };

/** Why a backup stays or goes; words for people stand in `policies.reasons.<code>`. Worst protected last: the first that applies is told. */
export const keepReasons = [
  "clock",
  "too-few",
  "in-use",
  "pinned",
  "imported",
  "last-good",
  "last-verified",
  "last-proven",
  "newest",
  "within-time",
  "daily",
  "weekly",
  "monthly",
  "fits",
  "needed",
] as const;
export type KeepReasonCode = (typeof keepReasons)[number];

const policyReasons = ["too-old", "beyond-count", "no-slot", "over-cap", "not-good"] as const;
/** Why a backup goes to the trash without a policy: somebody deleted it, or its source with it, or a chain whose place a full took. */
export const trashReasons = ["by-hand", "source-deleted", "consolidated"] as const;
export type TrashReasonCode = (typeof trashReasons)[number];
export const removeReasons = [...policyReasons, ...trashReasons] as const;
export type RemoveReasonCode = (typeof removeReasons)[number];

/** A policy says so, and would say it again of what is taken out of the trash. */
export function isPolicyReason(reason: RemoveReasonCode): boolean {
  return (policyReasons as readonly string[]).includes(reason);
}

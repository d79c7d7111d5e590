import type { CopyState } from "./backup-state.ts";
import type { ErrorCode, Reason } from "./error.ts";

/** Failures that say nothing about the bytes: what a sidecar tells is not needed for a restore. */
const harmless: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["sidecar-untrusted"]);

export type CopyHealth = { readonly state: CopyState; readonly failure: Reason | null };

/** Why none of a backup's own copies can be read, as far as is known; null when one can, or when there is none yet. */
export function copiesBroken(copies: readonly CopyHealth[]): Reason | null {
  let worst: Reason | null = null;
  for (const { state, failure } of copies) {
    const isLost = state === "missing" || state === "damaged";
    const isFailed = failure !== null && !harmless.has(failure.code);
    if (!isLost && !isFailed) return null;
    worst ??= failure ?? { code: state === "missing" ? "pack-missing" : "pack-damaged", params: { key: "", detail: "" } };
  }
  return worst;
}

/**
 * What a look at a backup says of its own copy. A failure that names another backup's pack (`otherKey`) leaves the own one as it is: stored, but
 * of no use alone.
 */
export function copyAfterLook(failure: Reason | null, ownKey: string): { state: CopyState; otherKey: string | null } {
  if (failure === null || harmless.has(failure.code)) return { state: "stored", otherKey: null };
  const { key } = failure.params;
  if (typeof key === "string" && key !== ownKey && key !== "") return { state: "stored", otherKey: key };
  return { state: failure.code === "pack-missing" ? "missing" : "damaged", otherKey: null };
}

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

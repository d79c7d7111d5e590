import { median } from "./restore-points.ts";

/** A restore that succeeded: how large its stream was, and how long it took from the first step to the last. */
export type PastRestore = { readonly bytes: number; readonly milliseconds: number };

export type RestoreEstimate = {
  readonly milliseconds: number;
  /** How many past restores it was made from. */
  readonly basedOn: number;
  readonly bytesPerSecond: number;
  readonly of: "source" | "installation";
};

/** Older ones tell less about the machines of today. */
export const restoresToJudgeBy = 10;

/**
 * How long a restore of `bytes` should take, by this installation's own past restores: of the same source where there are any, else of
 * all of its kind. The rate is the median one and has each restore's fixed part in it (connecting, creating, comparing). Null where there is
 * nothing to judge by. Both lists are newest first.
 */
export function estimateRestore(
  bytes: number,
  past: { readonly source: readonly PastRestore[]; readonly installation: readonly PastRestore[] },
): RestoreEstimate | null {
  return rate(bytes, past.source, "source") ?? rate(bytes, past.installation, "installation");
}

function rate(bytes: number, past: readonly PastRestore[], of: RestoreEstimate["of"]): RestoreEstimate | null {
  const rates = past
    .filter((restore) => restore.bytes > 0 && restore.milliseconds > 0)
    .slice(0, restoresToJudgeBy)
    .map((restore) => restore.bytes / restore.milliseconds);
  if (rates.length === 0) return null;
  const bytesPerMs = median(rates);
  return { milliseconds: Math.round(bytes / bytesPerMs), basedOn: rates.length, bytesPerSecond: Math.round(bytesPerMs * 1000), of };
}

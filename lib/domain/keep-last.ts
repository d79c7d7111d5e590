import { type NeedEdge, removalOrder } from "./removal-order.ts";

/** A backup as the rule sees it. */
export type KeepCandidate = {
  readonly id: string;
  readonly snapshotAt: Date;
  /** When it was finished, by the catalogue's clock. */
  readonly finishedAt: Date;
  /** It can be restored as far as anybody looked. Others never count. */
  readonly good: boolean;
  /** A look at it passed. */
  readonly verified: boolean;
  readonly pinned: boolean;
  /** An undo, or a restore that is waiting or working, knows it. */
  readonly inUse: boolean;
  /** It came from elsewhere: its date says nothing about how long anybody wants it here. */
  readonly imported: boolean;
};

export type KeepReason = "newest" | "pinned" | "in-use" | "imported" | "last-verified" | "needed" | "too-few" | "clock";

export type KeepDecision =
  | { readonly id: string; readonly verdict: "keep"; readonly reason: KeepReason }
  | { readonly id: string; readonly verdict: "remove" };

/** A clock that is wrong by less than this may be two computers' difference. */
const clockToleranceMs = 10 * 60_000;

/**
 * What "keep the last N" says of a source's backups. The newest N good ones stay, by their own time and by when they were made (of two clocks
 * one may be wrong); so does what is pinned, in use or imported, the last one that a verification passed, and whatever one that stays
 * needs. Nothing goes while there are fewer than N good ones, or while a backup lies in the future: then the clock went back.
 */
export function keepLast(
  candidates: readonly KeepCandidate[],
  needs: readonly NeedEdge[],
  rule: { keep: number; now: Date },
): KeepDecision[] {
  const counted = candidates.filter((candidate) => candidate.good && !candidate.imported);
  const latest = rule.now.getTime() + clockToleranceMs;
  const all = (reason: KeepReason): KeepDecision[] => candidates.map(({ id }) => ({ id, verdict: "keep", reason }));
  if (candidates.some((candidate) => candidate.finishedAt.getTime() > latest)) return all("clock");
  if (counted.length <= rule.keep) return all("too-few");
  const kept = new Map<string, KeepReason>();
  const keep = (id: string, reason: KeepReason) => kept.has(id) || kept.set(id, reason);
  for (const key of ["snapshotAt", "finishedAt"] as const) {
    const oldestCounted = newestFirst(counted, key)[rule.keep - 1];
    // What is not good and lies among them is for somebody to look at.
    for (const each of candidates) if (oldestCounted !== undefined && each[key] >= oldestCounted[key]) keep(each.id, "newest");
  }
  for (const { id, pinned, inUse, imported } of candidates) {
    if (pinned) keep(id, "pinned");
    if (inUse) keep(id, "in-use");
    if (imported) keep(id, "imported");
  }
  const lastVerified = newestFirst(counted, "snapshotAt").find((candidate) => candidate.verified);
  if (lastVerified !== undefined) keep(lastVerified.id, "last-verified");
  keepNeeded(kept, needs);
  return candidates.map(({ id }) => {
    const reason = kept.get(id);
    return reason === undefined ? { id, verdict: "remove" } : { id, verdict: "keep", reason };
  });
}

function newestFirst(candidates: readonly KeepCandidate[], key: "snapshotAt" | "finishedAt"): KeepCandidate[] {
  return candidates.toSorted((left, right) => right[key].getTime() - left[key].getTime() || (left.id < right.id ? 1 : -1));
}

/** What stays keeps what it needs, and that keeps what it needs itself. */
function keepNeeded(kept: Map<string, KeepReason>, needs: readonly NeedEdge[]): void {
  const needsOf = Map.groupBy(needs, (edge) => edge.backupId);
  const open = [...kept.keys()];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const { needsId } of needsOf.get(id) ?? []) {
      if (kept.has(needsId)) continue;
      kept.set(needsId, "needed");
      open.push(needsId);
    }
  }
}

/** Of those decisions, what goes, dependents first. */
export function removalsOf(decisions: readonly KeepDecision[], needs: readonly NeedEdge[]): string[] {
  return removalOrder(
    decisions.flatMap((decision) => (decision.verdict === "remove" ? [decision.id] : [])),
    needs,
  );
}

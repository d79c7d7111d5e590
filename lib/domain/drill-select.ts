/** Which backup a drill shall restore. */
export type Selection =
  | { readonly type: "latest" }
  | { readonly type: "latest-with-incrementals" }
  | { readonly type: "random"; readonly days: number }
  | { readonly type: "date"; readonly at: string }
  | { readonly type: "never-proven" };

/** A backup that is there; whether it is whole is what the drill shall find out. */
export type DrillCandidate = {
  readonly id: string;
  readonly chainId: string;
  readonly kind: "full" | "differential" | "incremental";
  readonly snapshotAt: Date;
  /** A drill of it passed. */
  readonly isProven: boolean;
};

const dayMs = 86_400_000;

/**
 * The backup that a plan's selection means at `now`, or null when there is none. One that is known to be broken is not passed over: a drill
 * that restores an older one instead would hide it. `random` is from 0 up to but not including 1.
 */
export function selectBackup(
  candidates: readonly DrillCandidate[],
  selection: Selection,
  { now, random }: { now: Date; random: number },
): DrillCandidate | null {
  const fitting = candidates.filter(fits(candidates, selection, now)).toSorted(newestFirst);
  const index = selection.type === "random" ? Math.floor(random * fitting.length) : 0;
  return fitting[index] ?? null;
}

function fits(all: readonly DrillCandidate[], selection: Selection, now: Date): (candidate: DrillCandidate) => boolean {
  switch (selection.type) {
    case "latest":
      return () => true;
    case "latest-with-incrementals": {
      const grown = new Set(all.filter(({ kind }) => kind === "incremental").map(({ chainId }) => chainId));
      return ({ chainId }) => grown.has(chainId);
    }
    case "random":
      return ({ snapshotAt }) => now.getTime() - snapshotAt.getTime() <= selection.days * dayMs;
    case "date":
      return ({ snapshotAt }) => snapshotAt.getTime() <= Date.parse(selection.at);
    case "never-proven":
      return ({ isProven }) => !isProven;
  }
}

function newestFirst(left: DrillCandidate, right: DrillCandidate): number {
  return right.snapshotAt.getTime() - left.snapshotAt.getTime() || (left.id < right.id ? 1 : -1);
}

/** A backup that could answer for a date. */
export type RestoreCandidate = {
  readonly id: string;
  readonly snapshotAt: Date;
  /** Available, its chain whole, no copy of it damaged: as far as is known it can be restored. */
  readonly isRestorable: boolean;
  readonly isProven: boolean;
  readonly isVerified: boolean;
  /** Packs that a restore reads, its own included. */
  readonly packs: number;
};

/**
 * The backup that a restore to a date gives back: the newest restorable one at or before it. Of several of one time (a synthetic full
 * and the member that it was made from) the one that is better known to work, then the one that reads fewer files. Null: there is none.
 */
export function chooseRestorePoint<T extends RestoreCandidate>(candidates: readonly T[], at: Date): T | null {
  const fitting = candidates.filter(({ isRestorable, snapshotAt }) => isRestorable && snapshotAt.getTime() <= at.getTime());
  return fitting.toSorted(byPreference)[0] ?? null;
}

function byPreference(left: RestoreCandidate, right: RestoreCandidate): number {
  return (
    right.snapshotAt.getTime() - left.snapshotAt.getTime() ||
    Number(right.isProven) - Number(left.isProven) ||
    Number(right.isVerified) - Number(left.isVerified) ||
    left.packs - right.packs ||
    (left.id < right.id ? -1 : 1)
  );
}

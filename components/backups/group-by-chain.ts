import type { BackupDto } from "#lib/contracts/backups";

export type ChainGroup = {
  readonly chainId: string;
  /** The full first, then what descends from it, oldest first. */
  readonly members: readonly BackupDto[];
  readonly storedBytes: number;
  /** Members that cannot be restored, as far as is known. */
  readonly broken: number;
  readonly oldestAt: string;
  readonly newestAt: string;
};

/** Groups backups by chain; the chain with the newest restore point comes first. Order of the input does not matter. */
export function groupByChain(backups: readonly BackupDto[]): ChainGroup[] {
  const byChain = Map.groupBy(backups, ({ chainId }) => chainId);
  return [...byChain.entries()].map(([chainId, found]) => toGroup(chainId, found)).sort((a, b) => b.newestAt.localeCompare(a.newestAt));
}

function toGroup(chainId: string, found: readonly BackupDto[]): ChainGroup {
  const members = found.toSorted((a, b) => rank(a) - rank(b) || a.snapshotAt.localeCompare(b.snapshotAt));
  const times = members.map(({ snapshotAt }) => snapshotAt).sort();
  return {
    chainId,
    members,
    storedBytes: members.reduce((sum, { storedBytes }) => sum + storedBytes, 0),
    broken: members.filter(({ broken }) => broken !== null).length,
    oldestAt: times[0] ?? "",
    newestAt: times.at(-1) ?? "",
  };
}

function rank({ kind }: BackupDto): number {
  return kind === "full" ? 0 : 1;
}

import type { CopyState } from "./backup-state.ts";
import type { Reason } from "./error.ts";

/** A backup that is there (not in writing, not in the trash), as far as the choice of a chain goes. */
export type ChainCandidate = {
  readonly backupId: string;
  readonly chainId: string;
  /** The full of its chain; itself for a full. May be gone. */
  readonly fullId: string;
  /** The same kind of stream: an archive is never compared with a database file. */
  readonly sameStream: boolean;
  /** It left out the same schemas and tables. */
  readonly sameExcludes: boolean;
  /** A consolidation ended its chain. */
  readonly retired: boolean;
};

export type BaseChoice = { readonly backupId: string; readonly chainId: string } | { readonly reason: Reason };

/**
 * Which backup a member is compared with: a differential with its chain's full, an incremental with the newest backup of the newest
 * chain. `candidates` are a source's backups, newest first. An older member is never taken in the place of a newest one that cannot
 * be used: a chain with damage in it is not built upon.
 */
export function chooseBase(asked: "differential" | "incremental", candidates: readonly ChainCandidate[]): BaseChoice {
  const sameStream = candidates.filter((candidate) => candidate.sameStream);
  if (sameStream.length === 0) return { reason: { code: "no-base", params: {} } };
  const comparable = sameStream.filter((candidate) => candidate.sameExcludes);
  const [first] = comparable;
  if (first === undefined) return { reason: { code: "base-excludes-differ", params: {} } };
  const newest = comparable.find((candidate) => !candidate.retired);
  if (newest === undefined) return { reason: { code: "chain-retired", params: { chainId: first.chainId } } };
  return { backupId: asked === "differential" ? newest.fullId : newest.backupId, chainId: newest.chainId };
}

/** A pack that would be built upon: the base's own, or one that its recipe names. */
export type BasePack = {
  readonly backupId: string;
  readonly key: string;
  /** Null: the catalogue does not know it (any more). */
  readonly copy: { readonly state: CopyState; readonly failed: boolean } | null;
};

/** What is known of a chosen base before its packs are opened: its own pack first, then those that it needs. */
export type BaseFacts = {
  readonly packs: readonly BasePack[];
  readonly streamBytes: number;
  readonly averageSegmentBytes: number;
  /** The stream is too long for the average that the chain was begun with. */
  readonly outgrown: boolean;
};

/** Why nothing is built on this base; null when its packs may be opened. One that was never verified may be a base. */
export function refuseBase(facts: BaseFacts): Reason | null {
  for (const { backupId, key, copy } of facts.packs) {
    if (copy === null || copy.state === "missing") return { code: "base-missing", params: { backupId, key } };
    if (copy.state !== "stored" || copy.failed) return { code: "base-damaged", params: { backupId } };
  }
  const { streamBytes, averageSegmentBytes } = facts;
  return facts.outgrown ? { code: "chain-outgrown", params: { streamBytes, averageSegmentBytes } } : null;
}

/** What opening a base's packs threw, as the reason for a new chain; null for everything that says nothing about the base. */
export function baseFailure(backupId: string, thrown: Reason): Reason | null {
  switch (thrown.code) {
    case "pack-missing":
      return { code: "base-missing", params: { backupId, key: thrown.params.key ?? "" } };
    case "pack-truncated":
    case "pack-damaged":
    case "format-unknown":
      return { code: "base-damaged", params: { backupId } };
    case "chain-too-large":
      return thrown;
    default:
      return null;
  }
}

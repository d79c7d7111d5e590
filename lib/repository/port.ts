import type { BackupKind } from "../domain/backup-state.ts";
import type { Reason } from "../domain/error.ts";
import type { StreamChunk } from "../engines/port.ts";
import type { Storage } from "../storage/port.ts";

/** Segmenter parameters of a chain, fixed for its life. */
export type ChainParameters = { readonly chainId: string; readonly seed: string; readonly averageSegmentBytes: number };

export type StreamFacts = {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly rootHash: string;
  readonly segments: number;
};

export type PackFacts = {
  readonly packId: string;
  readonly key: string;
  readonly bytes: number;
  readonly packSha256: string;
  readonly storedBytes: number;
  readonly storedSha256: string;
};

/** A pack as the catalogue and its sidecar know it: whose it is, where it lies, and what it must be. */
export type PackRef = PackFacts & { readonly backupId: string };

/** What a recipe names of another backup's pack: plain bytes of its frames, and in how many pieces they lie. */
export type PackNeed = PackRef & { readonly readBytes: number; readonly ranges: number };

/** A stored backup as readers get it: its own pack, the other packs that its recipe names (in the order of its index), its stream. */
export type KnownBackup = {
  readonly backupId: string;
  readonly pack: PackRef;
  readonly needs: readonly PackRef[];
  readonly stream: { readonly name: string; readonly bytes: number; readonly sha256: string; readonly rootHash: string };
};

/**
 * The packs that a new member may refer to, opened: their segments' digests in one lookup of typed arrays. Made by `openChainBase`; plain
 * memory, nothing to close.
 */
export interface ChainBase {
  readonly packs: readonly PackRef[];
  /** Of all packs together; 56 bytes of memory each. */
  readonly segments: number;
}

export type WritePackRequest = {
  readonly storage: Storage;
  readonly key: string;
  readonly packId: string;
  readonly backupId: string;
  readonly kind: BackupKind;
  readonly chain: ChainParameters;
  /** Null for a full, which refers to nothing, not even to itself. */
  readonly base: ChainBase | null;
  /** Unique to the run and its fencing token. */
  readonly token: string;
  readonly streamName: string;
  readonly chunks: AsyncIterable<StreamChunk>;
  readonly signal: AbortSignal;
  /** Called about four times a second. */
  readonly onProgress: (progress: { streamBytes: number; storedBytes: number }) => void;
};

/** A full is made of `from` by copying byte ranges of its packs, each segment decoded and compared on the way. */
export type SynthesizeRequest = {
  readonly storage: Storage;
  readonly from: KnownBackup;
  readonly key: string;
  readonly packId: string;
  readonly backupId: string;
  readonly chain: ChainParameters;
  readonly token: string;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: { streamBytes: number; storedBytes: number }) => void;
};

/** What a look at a whole chain found: about each pack, and about each member that it bears on. */
export type ChainVerdict = {
  readonly packs: readonly {
    readonly packId: string;
    readonly backupId: string;
    readonly key: string;
    readonly checks: readonly CheckOutcome[];
    /** The first thing wrong with the pack; null when it is what was stored. */
    readonly failure: Reason | null;
    readonly damagedSegments: number;
  }[];
  readonly members: readonly {
    readonly backupId: string;
    readonly checks: readonly CheckOutcome[];
    /** Null: every byte of its stream can be had. `chain-broken` { key } where a pack that it needs is missing or unreadable. */
    readonly failure: Reason | null;
  }[];
};

/** A pack whose bytes are written but not yet visible. Exactly one of `publish` and `discard` ends it. */
export type WrittenPack = {
  readonly stream: StreamFacts;
  readonly pack: PackFacts;
  /** Other packs that the recipe names, in the order of the index; empty for a full. */
  readonly needs: readonly PackNeed[];
  /** Segments that this pack added; the rest of the stream's were there. */
  readonly newSegments: number;
  /** Length check, sync, rename, sync of the folder. */
  readonly publish: () => Promise<void>;
  readonly discard: () => Promise<void>;
};

/** One look at a stored backup. */
export type CheckOutcome = {
  readonly code: "pack-checksum" | "frames" | "root-hash" | "stream-checksum" | "archive-listing" | "integrity-check" | "sidecar";
  readonly verdict: "passed" | "failed" | "skipped";
  readonly expected: string;
  readonly actual: string;
};

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

export type WriteFullRequest = {
  readonly storage: Storage;
  readonly key: string;
  readonly packId: string;
  readonly backupId: string;
  readonly chain: ChainParameters;
  /** Unique to the run and its fencing token. */
  readonly token: string;
  readonly streamName: string;
  readonly chunks: AsyncIterable<StreamChunk>;
  readonly signal: AbortSignal;
  /** Called about four times a second. */
  readonly onProgress: (progress: { streamBytes: number; storedBytes: number }) => void;
};

/** A pack whose bytes are written but not yet visible. Exactly one of `publish` and `discard` ends it. */
export type WrittenPack = {
  readonly stream: StreamFacts;
  readonly pack: PackFacts;
  /** Length check, sync, rename, sync of the folder. */
  readonly publish: () => Promise<void>;
  readonly discard: () => Promise<void>;
};

/** One look at a stored backup. */
export type CheckOutcome = {
  readonly code: "pack-checksum" | "frames" | "root-hash" | "stream-checksum" | "archive-listing" | "sidecar";
  readonly verdict: "passed" | "failed" | "skipped";
  readonly expected: string;
  readonly actual: string;
};

import { createHash } from "node:crypto";
import { type DigestStore, equalDigests, wordAt } from "./segment-lookup.ts";

/** Lengths and digests of segments in order, in typed arrays: 40 bytes a segment, however many there are. */
export type SegmentTable = {
  readonly count: number;
  readonly rawLengths: Uint32Array;
  readonly frameLengths: Uint32Array;
  /** 32 bytes a segment. */
  readonly digests: Uint8Array;
};

/** The same in pieces, as they were collected. */
export type SegmentPieces = {
  readonly count: number;
  readonly rawLengths: readonly Uint32Array[];
  readonly frameLengths: readonly Uint32Array[];
  readonly digests: readonly Uint8Array[];
};

export interface SegmentTableBuilder extends DigestStore {
  /** Segments so far, those included whose frame is still being made. */
  readonly count: number;
  /** Adds a segment with the digest in `digests` from `at` on; its frame comes later, in the same order. Answers its number. */
  addSegment(rawLength: number, digests: Uint8Array, at: number): number;
  /** Lengths of the frames of the next segments that have none yet. */
  addFrames(frameLengths: Uint32Array): void;
  finish(): SegmentPieces;
}

const pageBits = 12;
const pageSegments = 2 ** pageBits;

/** Collects segments in pages, so that growing never holds anything twice. */
export function createSegmentTableBuilder(): SegmentTableBuilder {
  const pages: { rawLengths: Uint32Array; frameLengths: Uint32Array; digests: Uint8Array }[] = [];
  let count = 0;
  let framed = 0;
  const pageOf = (segment: number) => pages[segment >>> pageBits]!;
  const within = (segment: number) => segment & (pageSegments - 1);
  const cut = <T extends Uint32Array | Uint8Array>(parts: readonly T[], each: number): T[] =>
    parts.map((part, page) => part.subarray(0, Math.min(pageSegments, count - page * pageSegments) * each) as T);
  return {
    get count() {
      return count;
    },
    addSegment(rawLength, digests, at) {
      if (within(count) === 0) {
        pages.push({
          rawLengths: new Uint32Array(pageSegments),
          frameLengths: new Uint32Array(pageSegments),
          digests: new Uint8Array(pageSegments * 32),
        });
      }
      const page = pageOf(count);
      page.rawLengths[within(count)] = rawLength;
      page.digests.set(digests.subarray(at, at + 32), within(count) * 32);
      count += 1;
      return count - 1;
    },
    addFrames(frameLengths) {
      for (const length of frameLengths) {
        pageOf(framed).frameLengths[within(framed)] = length;
        framed += 1;
      }
    },
    wordOf: (segment) => wordAt(pageOf(segment).digests, within(segment) * 32),
    equals: (segment, digests, at) => equalDigests(pageOf(segment).digests, within(segment) * 32, digests, at),
    finish: () => ({
      count,
      rawLengths: cut(
        pages.map((page) => page.rawLengths),
        1,
      ),
      frameLengths: cut(
        pages.map((page) => page.frameLengths),
        1,
      ),
      digests: cut(
        pages.map((page) => page.digests),
        32,
      ),
    }),
  };
}

export type RootHash = { update(length: number, digest: Uint8Array): void; digest(): string };

/** SHA-256 over (length as 32 bits little-endian ‖ SHA-256) of every segment of a stream in order. */
export function createRootHash(): RootHash {
  const root = createHash("sha256");
  // A call of the hash for each 36 bytes would cost more than hashing them.
  const entries = Buffer.alloc(36 * 256);
  let filled = 0;
  const flush = () => {
    root.update(entries.subarray(0, filled));
    filled = 0;
  };
  return {
    update(length, digest) {
      entries.writeUInt32LE(length, filled);
      entries.set(digest, filled + 4);
      filled += 36;
      if (filled === entries.length) flush();
    },
    digest() {
      flush();
      return root.digest("hex");
    },
  };
}

/** Root hash of the segments `from` (included) to `to` (excluded) of a table. */
export function rootHashOf(table: SegmentTable, from = 0, to = table.count): string {
  const root = createRootHash();
  for (let at = from; at < to; at += 1) root.update(table.rawLengths[at]!, table.digests.subarray(at * 32, at * 32 + 32));
  return root.digest();
}

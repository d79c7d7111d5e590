import { createHash } from "node:crypto";

/** Lengths and digests of segments in order, in typed arrays: 40 bytes a segment, however many there are. */
export type SegmentTable = {
  readonly count: number;
  readonly rawLengths: Uint32Array;
  readonly frameLengths: Uint32Array;
  /** 32 bytes a segment. */
  readonly digests: Uint8Array;
};

export type SegmentTableBuilder = {
  append(rawLengths: Uint32Array, frameLengths: Uint32Array, digests: Uint8Array): void;
  finish(): SegmentTable;
};

/** Collects batches; arrays double when they are full. */
export function createSegmentTableBuilder(): SegmentTableBuilder {
  let capacity = 1024;
  let count = 0;
  let rawLengths = new Uint32Array(capacity);
  let frameLengths = new Uint32Array(capacity);
  let digests = new Uint8Array(capacity * 32);
  const grow = (needed: number) => {
    if (needed <= capacity) return;
    while (capacity < needed) capacity *= 2;
    const before = { rawLengths, frameLengths, digests };
    rawLengths = new Uint32Array(capacity);
    frameLengths = new Uint32Array(capacity);
    digests = new Uint8Array(capacity * 32);
    rawLengths.set(before.rawLengths);
    frameLengths.set(before.frameLengths);
    digests.set(before.digests);
  };
  return {
    append(raw, frames, hashes) {
      grow(count + raw.length);
      rawLengths.set(raw, count);
      frameLengths.set(frames, count);
      digests.set(hashes, count * 32);
      count += raw.length;
    },
    finish: () => ({
      count,
      rawLengths: rawLengths.subarray(0, count),
      frameLengths: frameLengths.subarray(0, count),
      digests: digests.subarray(0, count * 32),
    }),
  };
}

export type RootHash = { update(length: number, digest: Uint8Array): void; digest(): string };

/** SHA-256 over (length as 32 bits little-endian ‖ SHA-256) of every segment of a stream in order. */
export function createRootHash(): RootHash {
  const root = createHash("sha256");
  const entry = Buffer.alloc(36);
  return {
    update(length, digest) {
      entry.writeUInt32LE(length, 0);
      entry.set(digest, 4);
      root.update(entry);
    },
    digest: () => root.digest("hex"),
  };
}

/** Root hash of the segments `from` (included) to `to` (excluded) of a table. */
export function rootHashOf(table: SegmentTable, from = 0, to = table.count): string {
  const root = createRootHash();
  for (let at = from; at < to; at += 1) root.update(table.rawLengths[at]!, table.digests.subarray(at * 32, at * 32 + 32));
  return root.digest();
}

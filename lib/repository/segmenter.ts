import { hash } from "node:crypto";
import { LifeboatError } from "#lib/domain/error";
import { createGearLoop } from "./gear-loop.ts";
import type { ChainParameters } from "./port.ts";

/** What cuts a stream: the part of a chain's parameters that the segmenter needs. */
export type SegmenterParameters = Pick<ChainParameters, "seed" | "averageSegmentBytes">;

const kib = 1024;
const smallestAverage = 64 * kib;
const largestAverage = 2048 * kib;
/** Average segments of one stream for which an average is chosen; at four times as many the chain ends. */
const targetSegments = 262_144;

/**
 * Average segment size in bytes for a stream of about `estimatedBytes` (null: unknown): 64 KiB up to 16 GiB, then the power of
 * two that keeps the index near 262,144 segments, at most 2 MiB.
 */
export function chooseAverageSegmentBytes(estimatedBytes: number | null): number {
  let average = smallestAverage;
  while (average < largestAverage && (estimatedBytes ?? 0) > average * targetSegments) average *= 2;
  return average;
}

/** How many times the target a chain's streams may grow to. */
const outgrownTimes = 4;

/**
 * True when a stream of about `estimatedStreamBytes` needs a new chain with a larger average: it is more than four times what the chain's
 * average was chosen for. Never at the largest average, where a new chain would be no better.
 */
export function hasOutgrown(averageSegmentBytes: number, estimatedStreamBytes: number | null): boolean {
  if (averageSegmentBytes >= largestAverage || estimatedStreamBytes === null) return false;
  return estimatedStreamBytes > averageSegmentBytes * targetSegments * outgrownTimes;
}

export type SegmentLimits = {
  readonly minBytes: number;
  readonly averageBytes: number;
  readonly maxBytes: number;
  readonly minCutBytes: number;
};

/** Limits of a segment: min = average / 4, max = average × 4; a forced boundary needs average / 16. Throws `format-unknown`. */
export function segmentLimits(averageBytes: number): SegmentLimits {
  const isPowerOfTwo = Number.isInteger(averageBytes) && averageBytes > 0 && (averageBytes & (averageBytes - 1)) === 0;
  if (!isPowerOfTwo || averageBytes < 1 * kib || averageBytes > largestAverage) {
    throw new LifeboatError("format-unknown", { detail: `average segment of ${averageBytes} bytes` });
  }
  return { minBytes: averageBytes / 4, averageBytes, maxBytes: averageBytes * 4, minCutBytes: averageBytes / 16 };
}

/**
 * The chain's gear table: 256 signed 32-bit numbers, little-endian, from 32 blocks SHA-256(seed ‖ "lifeboat-gear-v1" ‖ block number
 * as 32 bits little-endian). `seed` is hex. Normative in docs/format.md.
 */
export function gearTable(seed: string): Int32Array {
  const table = new Int32Array(256);
  const input = Buffer.concat([Buffer.from(seed, "hex"), Buffer.from("lifeboat-gear-v1"), Buffer.alloc(4)]);
  for (let block = 0; block < 32; block += 1) {
    input.writeUInt32LE(block, input.length - 4);
    const digest = hash("sha256", input, "buffer");
    for (let word = 0; word < 8; word += 1) table[block * 8 + word] = digest.readInt32LE(word * 4);
  }
  return table;
}

/** Finds the ends of segments in a stream that arrives in pieces of any size. */
export interface BoundaryFinder {
  /** Reads `bytes` from `from` up to `to`; answers the index just after the next end of a segment, or -1 when all was read without one. */
  next(bytes: Uint8Array, from: number, to: number): number;
  /** Asks for an end here. False (nothing happens) when the open segment is shorter than average / 16. */
  cut(): boolean;
}

/**
 * A gear rolling hash with normalised chunking (Xia et al., "FastCDC", USENIX ATC 2016, level 2): no end before the minimum, a
 * mask two bits longer up to the average, two bits shorter behind it, an end at the maximum. The result depends on bytes and cuts alone.
 */
export function createBoundaryFinder(parameters: SegmenterParameters): BoundaryFinder {
  const { minBytes, averageBytes, maxBytes, minCutBytes } = segmentLimits(parameters.averageSegmentBytes);
  const { window, rolling, find } = createGearLoop(gearTable(parameters.seed));
  const bits = Math.log2(averageBytes);
  const strictMask = -1 << (32 - (bits + 2));
  const looseMask = -1 << (32 - (bits - 2));
  let length = 0;
  const endAt = (position: number) => {
    length = 0;
    rolling.value = 0;
    return position;
  };
  /** `find` from `from` up to `to`, a window at a time. */
  const findIn = (bytes: Uint8Array, from: number, to: number, mask: number) => {
    for (let at = from; at < to; at += window.length) {
      const piece = bytes.subarray(at, Math.min(to, at + window.length));
      window.set(piece);
      const found = find(0, piece.length, mask);
      if (found !== -1) return at + found;
    }
    return -1;
  };
  return {
    cut() {
      if (length < minCutBytes) return false;
      endAt(0);
      return true;
    },
    next(bytes, from, to) {
      const start = from - length;
      const looseFrom = Math.min(to, Math.max(from, start + averageBytes));
      const strictFrom = Math.min(looseFrom, Math.max(from, start + minBytes));
      const looseTo = Math.min(to, start + maxBytes);
      let found = findIn(bytes, strictFrom, looseFrom, strictMask);
      if (found === -1) found = findIn(bytes, looseFrom, looseTo, looseMask);
      if (found !== -1) return endAt(found);
      if (looseTo === start + maxBytes) return endAt(looseTo);
      length = looseTo - start;
      return -1;
    },
  };
}

import type { DecodedBatch } from "./codec.ts";
import type { CodecPool } from "./codec-pool.ts";
import type { OpenPack } from "./read-pack.ts";

/** Segments `from` (included) to `to` (excluded), decoded together. */
export type SegmentRange = { readonly from: number; readonly to: number };

const rawBatchBytes = 1024 * 1024;

/** Groups a run of segments into batches of about 1 MiB of plain bytes: one range read and one job of a decoding thread each. */
export function* groupSegments(pack: OpenPack, { from, to }: SegmentRange): Iterable<SegmentRange> {
  let start = from;
  let rawBytes = 0;
  for (let at = from; at < to; at += 1) {
    rawBytes += pack.segments.rawLengths[at]!;
    if (rawBytes < rawBatchBytes && at + 1 < to) continue;
    yield { from: start, to: at + 1 };
    start = at + 1;
    rawBytes = 0;
  }
}

/**
 * Decodes the frames of a range. `stored` begins with their bytes and belongs to the decoder from here on, like `into`, which is taken
 * for the decoded bytes when they fit; both come back with the result.
 */
export function decodeRange(
  pool: CodecPool,
  pack: OpenPack,
  { from, to }: SegmentRange,
  stored: ArrayBuffer,
  into?: ArrayBuffer,
): Promise<DecodedBatch> {
  return pool.decode({
    buffer: stored,
    raw: into,
    frameLengths: pack.segments.frameLengths.slice(from, to),
    rawLengths: pack.segments.rawLengths.slice(from, to),
    digests: pack.segments.digests.slice(from * 32, to * 32),
  });
}

/** Plain bytes of a range. */
export function plainBytes(pack: OpenPack, { from, to }: SegmentRange): number {
  let bytes = 0;
  for (let at = from; at < to; at += 1) bytes += pack.segments.rawLengths[at]!;
  return bytes;
}

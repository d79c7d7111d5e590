import type { OpenMember } from "./open-member.ts";

/** Segments `from` (included) to `to` (excluded) of a member's stream. */
export type SegmentRange = { readonly from: number; readonly to: number };

/** Plain bytes that travel to a decoding thread together. */
const batchBytes = 1024 * 1024;
/** Plain bytes whose frames are read together: far enough ahead to find neighbours of each pack, little enough to hold two of them. */
const windowBytes = 4 * 1024 * 1024;

/** Cuts a run of segments into pieces of about `pieceBytes` plain bytes, whole segments each. */
function* cut(member: OpenMember, { from, to }: SegmentRange, pieceBytes: number): Iterable<SegmentRange> {
  for (let start = from; start < to;) {
    const enough = member.starts[start]! + pieceBytes;
    let end = start + 1;
    while (end < to && member.starts[end]! < enough) end += 1;
    yield { from: start, to: end };
    start = end;
  }
}

/** Runs whose frames are read together. */
export const cutWindows = (member: OpenMember, run: SegmentRange) => cut(member, run, windowBytes);
/** Runs that are decoded together. */
export const cutBatches = (member: OpenMember, run: SegmentRange) => cut(member, run, batchBytes);

/** The tables of a run in stream order, as a decoding thread wants them, and the bytes before and after decoding. */
export function batchTables(member: OpenMember, { from, to }: SegmentRange) {
  const count = to - from;
  const frameLengths = new Uint32Array(count);
  const rawLengths = new Uint32Array(count);
  const digests = new Uint8Array(count * 32);
  let storedBytes = 0;
  for (let at = 0; at < count; at += 1) {
    const { segments } = member.packs[member.packOf[from + at]!]!;
    const segment = member.segmentOf[from + at]!;
    frameLengths[at] = segments.frameLengths[segment]!;
    rawLengths[at] = segments.rawLengths[segment]!;
    digests.set(segments.digests.subarray(segment * 32, segment * 32 + 32), at * 32);
    storedBytes += frameLengths[at]!;
  }
  return { frameLengths, rawLengths, digests, storedBytes, rawBytes: member.starts[to]! - member.starts[from]! };
}

/** One read of a pack. */
export type PackRead = { readonly pack: number; readonly offset: number; readonly length: number };

/**
 * Two ranges of a pack with less than this between them are one read. Measured on a local disk: opening, asking and closing cost 0.25 ms, and 1 MiB more
 * costs 1 ms (from the page cache 0.09 and 0.07), so a gap up to a quarter of a MiB is cheaper to read than to skip; over a network far more.
 */
export const nearBytes = 256 * 1024;
/** A read is not made longer than this by neighbours. */
const longestRead = 8 * 1024 * 1024;

/** What must be read of each pack for a run of segments, in the order of the packs and of their bytes; every frame lies within one read. */
export function planReads(member: OpenMember, { from, to }: SegmentRange): PackRead[] {
  const byPack = new Map<number, number[]>();
  for (let at = from; at < to; at += 1) {
    const pack = member.packOf[at]!;
    const segments = byPack.get(pack);
    if (segments === undefined) byPack.set(pack, [member.segmentOf[at]!]);
    else segments.push(member.segmentOf[at]!);
  }
  const reads: PackRead[] = [];
  for (const [pack, segments] of byPack) {
    const { frameOffsets } = member.packs[pack]!;
    segments.sort((a, b) => a - b);
    let offset = frameOffsets[segments[0]!]!;
    let end = offset;
    for (const segment of segments) {
      const start = frameOffsets[segment]!;
      const next = frameOffsets[segment + 1]!;
      if (start - end > nearBytes || next - offset > longestRead) {
        reads.push({ pack, offset, length: end - offset });
        offset = start;
      }
      end = Math.max(end, next);
    }
    reads.push({ pack, offset, length: end - offset });
  }
  return reads;
}

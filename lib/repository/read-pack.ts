import { hash } from "node:crypto";
import { LifeboatError } from "#lib/domain/error";
import type { Storage } from "../storage/port.ts";
import { decodeFooter, footerBytes, indexFrameMagic, skippableHeader, skippableHeaderBytes } from "./pack-footer.ts";
import { decodeIndex, type PackIndex } from "./pack-index.ts";
import { rootHashOf, type SegmentTable } from "./segment-table.ts";

/** A pack whose index was read and checked; its frames were not looked at. Offsets are in plain pack coordinates. */
export type OpenPack = PackIndex & {
  readonly key: string;
  readonly packBytes: number;
  /** Where the frame of segment `n` begins; one more entry than segments, the last is where the frames end. */
  readonly frameOffsets: Float64Array;
};

/** The tail read at once: the index of a stream up to about 100 MB comes with the footer. */
const tailBytes = 64 * 1024;
/** No writer of this format makes a larger index (about 6 million segments). */
const maxIndexBytes = 256 * 1024 * 1024;
/** Four times the largest average. */
const maxSegmentBytes = 8 * 1024 * 1024;

/**
 * Opens a pack with at most two range reads: footer, then index. `expectedBytes` is what the catalogue or the sidecar says.
 * Throws `pack-missing`, `pack-truncated`, `pack-damaged`, `format-unknown` and the storage's own errors.
 */
export async function openPack(storage: Storage, key: string, expectedBytes: number | null = null): Promise<OpenPack> {
  const damaged = (detail: string) => new LifeboatError("pack-damaged", { key, detail });
  const stored = await storage.stat(key);
  if (stored === null) throw new LifeboatError("pack-missing", { key });
  const packBytes = stored.bytes;
  assertLength(key, packBytes, expectedBytes);
  if (packBytes < footerBytes) throw damaged("shorter than a footer");
  const tailLength = Math.min(packBytes, tailBytes);
  const tailOffset = packBytes - tailLength;
  const tail = await storage.readRange(key, tailOffset, tailLength);
  const footer = decodeFooter(tail.subarray(tailLength - footerBytes), key, packBytes);
  if (footer.indexBytes > maxIndexBytes) throw new LifeboatError("format-unknown", { detail: `an index of ${footer.indexBytes} bytes` });
  const frameStart = footer.indexOffset - skippableHeaderBytes;
  const framed =
    frameStart >= tailOffset
      ? tail.subarray(frameStart - tailOffset, tailLength - footerBytes)
      : await storage.readRange(key, frameStart, skippableHeaderBytes + footer.indexBytes);
  if (!skippableHeader(indexFrameMagic, footer.indexBytes).equals(framed.subarray(0, skippableHeaderBytes))) {
    throw damaged("the index's frame header differs");
  }
  const payload = framed.subarray(skippableHeaderBytes);
  if (hash("sha256", payload) !== footer.indexSha256) throw damaged("the index's SHA-256 differs");
  const index = decodeIndex(payload, key);
  const frameOffsets = offsetsOf(index.segments, damaged);
  if (frameOffsets[index.segments.count] !== frameStart) throw damaged("the frames do not fill the pack");
  return { ...index, key, packBytes, frameOffsets };
}

/** Compares a stored length with the recorded one: shorter is `pack-truncated`, longer `pack-damaged`. */
export function assertLength(key: string, actualBytes: number, expectedBytes: number | null): void {
  if (expectedBytes === null || actualBytes === expectedBytes) return;
  if (actualBytes < expectedBytes) throw new LifeboatError("pack-truncated", { key, expectedBytes, actualBytes });
  throw new LifeboatError("pack-damaged", { key, detail: `${actualBytes - expectedBytes} bytes too long` });
}

function offsetsOf(segments: SegmentTable, damaged: (detail: string) => LifeboatError): Float64Array {
  const offsets = new Float64Array(segments.count + 1);
  for (let at = 0; at < segments.count; at += 1) {
    const rawLength = segments.rawLengths[at]!;
    if (rawLength === 0 || rawLength > maxSegmentBytes) throw damaged(`segment ${at} has ${rawLength} bytes`);
    const frameLength = segments.frameLengths[at]!;
    if (frameLength > rawLength + Math.floor(rawLength / 128) + 512) throw damaged(`the frame of segment ${at} has ${frameLength} bytes`);
    offsets[at + 1] = offsets[at]! + frameLength;
  }
  return offsets;
}

/** What a caller knows of a stream from the catalogue or the sidecar. */
export type ExpectedStream = { readonly name: string; readonly bytes: number; readonly sha256: string; readonly rootHash: string };

/** One stream of a pack that stands alone: segments `from` (included) to `to` (excluded). */
export type StoredStream = ExpectedStream & { readonly from: number; readonly to: number };

/**
 * The streams of a pack that needs no other one, as runs of its segments in order, with lengths and root hashes compared with
 * what the index says. Throws `pack-missing` for a chain member (naming the pack it needs) and `pack-damaged`.
 */
export function storedStreams(pack: OpenPack): StoredStream[] {
  const damaged = (detail: string) => new LifeboatError("pack-damaged", { key: pack.key, detail });
  const [needed] = pack.meta.packs;
  if (needed !== undefined) throw new LifeboatError("pack-missing", { key: needed.packId });
  let next = 0;
  const streams = pack.meta.streams.map((facts, number): StoredStream => {
    const from = next;
    let bytes = 0;
    for (const extent of pack.extents.filter((each) => each.stream === number)) {
      if (extent.pack !== 0 || extent.first !== next) throw damaged("the recipe is out of order");
      next += extent.count;
      bytes += extent.streamBytes;
    }
    if (next > pack.segments.count) throw damaged("the recipe names segments that are not there");
    let rawBytes = 0;
    for (let at = from; at < next; at += 1) rawBytes += pack.segments.rawLengths[at]!;
    if (rawBytes !== facts.bytes || bytes !== facts.bytes) throw damaged("the segments do not add up to the stream");
    if (rootHashOf(pack.segments, from, next) !== facts.rootHash) throw damaged("the root hash differs from the index's");
    return { name: facts.name, bytes: facts.bytes, sha256: facts.sha256, rootHash: facts.rootHash, from, to: next };
  });
  if (next !== pack.segments.count) throw damaged("segments that no stream names");
  return streams;
}

/** Finds a stream and compares it with what is expected. Throws `stream-mismatch` (root hashes, or lengths) and `pack-damaged`. */
export function findStream(pack: OpenPack, name: string, expected: ExpectedStream | null): StoredStream {
  const stream = storedStreams(pack).find((each) => each.name === name);
  if (stream === undefined) throw new LifeboatError("pack-damaged", { key: pack.key, detail: `no stream named ${name}` });
  if (expected !== null && (stream.rootHash !== expected.rootHash || stream.sha256 !== expected.sha256)) {
    throw new LifeboatError("stream-mismatch", { expected: expected.rootHash, actual: stream.rootHash });
  }
  return stream;
}

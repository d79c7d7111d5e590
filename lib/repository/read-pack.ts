import { hash } from "node:crypto";
import { LifeboatError } from "#lib/domain/error";
import type { Storage } from "../storage/port.ts";
import { decodeFooter, footerBytes, indexFrameMagic, skippableHeader, skippableHeaderBytes } from "./pack-footer.ts";
import { decodeIndex, type PackIndex } from "./pack-index.ts";
import type { SegmentTable } from "./segment-table.ts";

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
/** As many as such an index has room for; a stream has no more, or no full could be made of it. */
export const maxIndexSegments = Math.floor(maxIndexBytes / 40);
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

import { hash } from "node:crypto";
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";

/** Segments to hash: `lengths` cut `buffer` from its beginning. */
export type HashJob = { readonly kind: "hash"; readonly buffer: ArrayBuffer; readonly lengths: Uint32Array };

/** `raw` is the input, handed back to be used again. */
export type HashedBatch = { readonly raw: ArrayBuffer; readonly digests: Uint8Array };

/** Segments to compress: `lengths` cut `buffer` from its beginning. */
export type CompressJob = {
  readonly kind: "compress";
  readonly buffer: ArrayBuffer;
  readonly lengths: Uint32Array;
  /** Where each segment begins, when only some of the buffer is wanted; they are known already then and not hashed. */
  readonly offsets?: Uint32Array;
  readonly level: number;
  /** Taken for the frames when they fit. */
  readonly frames?: ArrayBuffer;
};

/** One frame a segment, one after the other; `digests` is empty when `offsets` were given; `raw` is the input, handed back to be used again. */
export type CompressedBatch = {
  readonly raw: ArrayBuffer;
  readonly frames: Uint8Array<ArrayBuffer>;
  readonly frameLengths: Uint32Array;
  readonly digests: Uint8Array;
};

/** Frames to decode: `frameLengths` cut `buffer` from its beginning; `digests` are the SHA-256 that the segments must have. */
export type DecodeJob = {
  readonly kind: "decode";
  readonly buffer: ArrayBuffer;
  readonly frameLengths: Uint32Array;
  readonly rawLengths: Uint32Array;
  readonly digests: Uint8Array;
  /** Taken for the decoded bytes when they fit. */
  readonly raw?: ArrayBuffer;
};

/** `failure` null: every segment has its SHA-256. Otherwise the first that has not, and why; `raw` then ends before it. */
export type DecodedBatch = {
  readonly raw: Uint8Array<ArrayBuffer>;
  /** The input, handed back to be used again. */
  readonly stored: ArrayBuffer;
  readonly failure: { readonly at: number; readonly detail: string } | null;
};

/** SHA-256 of each segment. */
export function hashBatch(job: HashJob): HashedBatch {
  const raw = new Uint8Array(job.buffer);
  const digests = new Uint8Array(job.lengths.length * 32);
  let offset = 0;
  for (let at = 0; at < job.lengths.length; at += 1) {
    const end = offset + job.lengths[at]!;
    digests.set(hash("sha256", raw.subarray(offset, end), "buffer"), at * 32);
    offset = end;
  }
  return { raw: job.buffer, digests };
}

/** Compresses each segment into a zstd frame with content size and content checksum, and hashes it unless it is known. */
export function compressBatch(job: CompressJob): CompressedBatch {
  const raw = new Uint8Array(job.buffer);
  const count = job.lengths.length;
  const frameLengths = new Uint32Array(count);
  const digests = new Uint8Array(job.offsets === undefined ? count * 32 : 0);
  let frames = new Uint8Array(job.frames ?? new ArrayBuffer(job.buffer.byteLength));
  let offset = 0;
  let filled = 0;
  for (let at = 0; at < count; at += 1) {
    const from = job.offsets?.[at] ?? offset;
    const segment = raw.subarray(from, from + job.lengths[at]!);
    offset += segment.length;
    if (job.offsets === undefined) digests.set(hash("sha256", segment, "buffer"), at * 32);
    const frame = zstdCompressSync(segment, {
      // ZSTD_compressBound: with this much room zstd writes straight into the result and makes no buffers of its own. The content
      // size is known to it because the input comes at once.
      chunkSize: segment.length + (segment.length >>> 8) + 128,
      params: { [constants.ZSTD_c_compressionLevel]: job.level, [constants.ZSTD_c_checksumFlag]: 1, [constants.ZSTD_c_contentSizeFlag]: 1 },
    });
    frameLengths[at] = frame.length;
    if (filled + frame.length > frames.length) frames = enlarged(frames, filled + frame.length);
    frames.set(frame, filled);
    filled += frame.length;
  }
  return { raw: job.buffer, frames: frames.subarray(0, filled), frameLengths, digests };
}

/** Bytes that do not compress take a little more room than they had. */
function enlarged(bytes: Uint8Array, needed: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(needed + needed / 4);
  larger.set(bytes);
  return larger;
}

/** Decodes frame by frame (one call decodes one frame only) into one buffer and compares every segment's length and SHA-256. */
export function decodeBatch(job: DecodeJob): DecodedBatch {
  const stored = new Uint8Array(job.buffer);
  let total = 0;
  for (const length of job.rawLengths) total += length;
  const raw = new Uint8Array(job.raw !== undefined && job.raw.byteLength >= total ? job.raw : new ArrayBuffer(total));
  let from = 0;
  let filled = 0;
  for (let at = 0; at < job.frameLengths.length; at += 1) {
    const frame = stored.subarray(from, from + job.frameLengths[at]!);
    from += frame.length;
    const detail = decodeInto(raw, filled, frame, job.rawLengths[at]!, job.digests.subarray(at * 32, at * 32 + 32));
    if (detail !== null) return { raw: raw.subarray(0, filled), stored: job.buffer, failure: { at, detail } };
    filled += job.rawLengths[at]!;
  }
  return { raw: raw.subarray(0, filled), stored: job.buffer, failure: null };
}

/** Null when the frame held the segment; else what is wrong with it. */
function decodeInto(raw: Uint8Array, at: number, frame: Uint8Array, rawLength: number, digest: Uint8Array): string | null {
  let segment: Uint8Array;
  try {
    segment = zstdDecompressSync(frame, { chunkSize: rawLength + 64, maxOutputLength: rawLength });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "frame not decodable";
  }
  if (segment.length !== rawLength) return `${segment.length} bytes decoded, ${rawLength} expected`;
  if (hash("sha256", segment, "buffer").compare(digest) !== 0) return "SHA-256 of the segment differs";
  raw.set(segment, at);
  return null;
}

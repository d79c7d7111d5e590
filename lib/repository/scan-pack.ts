import { createHash } from "node:crypto";
import { LifeboatError } from "#lib/domain/error";
import type { Storage } from "../storage/port.ts";
import { type BufferShelf, createBufferShelf } from "./buffer-shelf.ts";
import type { CodecPool } from "./codec-pool.ts";
import type { DecodedBatch } from "./codec.ts";
import { decodeRange, groupSegments, plainBytes, type SegmentRange } from "./frame-batches.ts";
import { type OpenPack, type StoredStream, storedStreams } from "./read-pack.ts";

export type ScanOptions = {
  readonly storage: Storage;
  readonly pack: OpenPack;
  readonly pool: CodecPool;
  readonly signal: AbortSignal;
  /** Gets every checked piece of every stream, in order; awaited before the next one, and the piece's memory is used again then. */
  readonly onBytes?: (stream: StoredStream, bytes: Uint8Array) => Promise<void>;
  readonly onProgress?: (progress: { packBytes: number; streamBytes: number }) => void;
};

export type ScanResult = {
  /** Length and hex SHA-256 of the whole pack, as read. */
  readonly bytes: number;
  readonly packSha256: string;
  readonly segmentsDecoded: number;
  /** The first segment that could not be decoded or has another SHA-256; nothing after it was decoded. */
  readonly failure: LifeboatError | null;
  /** Flat SHA-256 per stream; null after a failure. */
  readonly streams: readonly { readonly name: string; readonly sha256: string }[] | null;
};

const progressEveryMs = 250;

/**
 * Reads a pack once, from its first byte to its last, past the page cache where the platform can: hashes the file, decodes every
 * frame on the pool's threads and compares every segment's SHA-256. Memory: batches in flight × (1 MiB + one segment) × 2.
 */
export async function scanPack(options: ScanOptions): Promise<ScanResult> {
  const { pack, pool, signal, storage } = options;
  const streams = storedStreams(pack);
  const batches = planBatches(pack, streams);
  const packHash = createHash("sha256");
  const flat = streams.map(() => createHash("sha256"));
  const underway: { range: SegmentRange; stream: number; result: Promise<DecodedBatch> }[] = [];
  const shelf = createBufferShelf();
  let failure: LifeboatError | null = null;
  let bytes = 0;
  let segmentsDecoded = 0;
  let streamBytes = 0;
  let reportedAt = performance.now();

  const finishOldest = async () => {
    const oldest = underway.shift();
    if (oldest === undefined) return;
    const decoded = await oldest.result;
    signal.throwIfAborted();
    if (failure !== null) return;
    if (decoded.failure !== null) {
      const segment = oldest.range.from + decoded.failure.at;
      segmentsDecoded = segment;
      failure = new LifeboatError("pack-damaged", { key: pack.key, detail: `segment ${segment}: ${decoded.failure.detail}` });
      return;
    }
    segmentsDecoded = oldest.range.to;
    streamBytes += decoded.raw.length;
    flat[oldest.stream]!.update(decoded.raw);
    await options.onBytes?.(streams[oldest.stream]!, decoded.raw);
    shelf.give(decoded.raw.buffer);
    shelf.give(decoded.stored);
  };

  const assembler = createAssembler(batches, pack, shelf);
  for await (const block of storage.readAll(pack.key, signal)) {
    signal.throwIfAborted();
    packHash.update(block);
    bytes += block.length;
    for (const { batch, stored } of assembler.take(block)) {
      if (failure !== null) break;
      const result = decodeRange(pool, pack, batch, stored, shelf.take(plainBytes(pack, batch)));
      result.catch(() => undefined);
      underway.push({ range: batch, stream: batch.stream, result });
      if (underway.length >= pool.inFlight) await finishOldest();
    }
    const now = performance.now();
    if (now - reportedAt < progressEveryMs) continue;
    reportedAt = now;
    options.onProgress?.({ packBytes: bytes, streamBytes });
  }
  while (underway.length > 0) await finishOldest();
  options.onProgress?.({ packBytes: bytes, streamBytes });
  // A file that shrank after it was opened ends before its last frame.
  if (failure === null && segmentsDecoded !== pack.segments.count) {
    failure = new LifeboatError("pack-truncated", { key: pack.key, expectedBytes: pack.packBytes, actualBytes: bytes });
  }
  return {
    bytes,
    packSha256: packHash.digest("hex"),
    segmentsDecoded,
    failure,
    streams: failure === null ? streams.map((stream, at) => ({ name: stream.name, sha256: flat[at]!.digest("hex") })) : null,
  };
}

type PlannedBatch = SegmentRange & { readonly stream: number };

function* planBatches(pack: OpenPack, streams: readonly StoredStream[]): Iterator<PlannedBatch, undefined> {
  for (const [stream, run] of streams.entries()) {
    for (const range of groupSegments(pack, run)) yield { ...range, stream };
  }
}

/** Cuts the file, as it passes in blocks of any size, into the stored bytes of one batch after the other. */
function createAssembler(batches: Iterator<PlannedBatch, undefined>, pack: OpenPack, shelf: BufferShelf) {
  const sizeOf = (batch: SegmentRange) => pack.frameOffsets[batch.to]! - pack.frameOffsets[batch.from]!;
  let batch: PlannedBatch | undefined;
  let stored = new Uint8Array(0);
  let filled = 0;
  const begin = () => {
    batch = batches.next().value;
    const size = batch === undefined ? 0 : sizeOf(batch);
    stored = new Uint8Array(shelf.take(size), 0, size);
    filled = 0;
  };
  begin();
  return {
    *take(block: Uint8Array): Iterable<{ batch: PlannedBatch; stored: ArrayBuffer }> {
      for (let offset = 0; offset < block.length;) {
        if (batch === undefined) return;
        const piece = block.subarray(offset, offset + stored.length - filled);
        stored.set(piece, filled);
        filled += piece.length;
        offset += piece.length;
        if (filled < stored.length) return;
        const complete = { batch, stored: stored.buffer };
        begin();
        yield complete;
      }
    },
  };
}

import { createHash, type Hash, hash } from "node:crypto";
import type { StorageWriter } from "../storage/port.ts";
import { createBufferShelf } from "./buffer-shelf.ts";
import { type CodecPool, createCodecPool } from "./codec-pool.ts";
import type { CompressedBatch } from "./codec.ts";
import { encodeFooter, footerBytes, indexFrameMagic, skippableHeader } from "./pack-footer.ts";
import { encodeIndex, type PackIndex } from "./pack-index.ts";
import type { PackFacts, StreamFacts, WriteFullRequest, WrittenPack } from "./port.ts";
import { batchSegments, type SegmentBatch } from "./segment-batches.ts";
import { createSegmentTableBuilder, rootHashOf } from "./segment-table.ts";

/** Level 1 is 1.5 times as fast as 3 and 1 % larger on dumps. */
const defaultLevel = 1;
const progressEveryMs = 250;

export type WriteFullOptions = {
  /** Shared threads; without it the write starts its own and ends them. */
  readonly pool?: CodecPool;
  readonly level?: number;
};

/**
 * Writes one stream as a pack that stands alone: every segment is stored, even one that came before, so that `zstd -d` of the pack
 * is the stream. Nothing is visible before `publish`. On any error and on abort the temporary file is removed and the error
 * thrown on: the source's own, the signal's reason, or the storage's.
 */
export async function writeFullPack(request: WriteFullRequest, options: WriteFullOptions = {}): Promise<WrittenPack> {
  const pool = options.pool ?? createCodecPool();
  const writer = await request.storage.create(request.key, request.token);
  try {
    const written = await writePack(request, pool, options.level ?? defaultLevel, writer);
    return { ...written, publish: () => writer.commit(written.pack.bytes), discard: () => writer.abort() };
  } catch (error) {
    await writer.abort().catch(() => undefined);
    throw error;
  } finally {
    if (options.pool === undefined) await pool.close();
  }
}

/** Bytes on their way into the pack: written, hashed and counted in one place. `written` is the last write, which may be underway. */
type PackSink = { readonly writer: StorageWriter; readonly sha256: Hash; bytes: number; written: Promise<void> };

/** Waits for the write before this one only, so that the disk and the processors work at the same time. */
async function append(sink: PackSink, bytes: Uint8Array, afterwards: () => void = () => undefined): Promise<void> {
  sink.sha256.update(bytes);
  sink.bytes += bytes.length;
  await sink.written;
  sink.written = sink.writer.write(bytes).then(afterwards);
  // Awaited by the next append or at the end; until then a rejection must not count as unhandled.
  sink.written.catch(() => undefined);
}

async function writePack(
  request: WriteFullRequest,
  pool: CodecPool,
  level: number,
  writer: StorageWriter,
): Promise<{ stream: StreamFacts; pack: PackFacts }> {
  const { chain, signal } = request;
  const sink: PackSink = { writer, sha256: createHash("sha256"), bytes: 0, written: Promise.resolve() };
  const flat = createHash("sha256");
  const table = createSegmentTableBuilder();
  const shelf = createBufferShelf();
  const underway: { lengths: Uint32Array; result: Promise<CompressedBatch> }[] = [];
  let streamBytes = 0;
  let reportedAt = 0;

  const start = (batch: SegmentBatch) => {
    flat.update(new Uint8Array(batch.buffer, 0, batch.bytes));
    streamBytes += batch.bytes;
    const frames = shelf.take(batch.buffer.byteLength);
    const result = pool.compress({ buffer: batch.buffer, lengths: batch.lengths, level, frames });
    // Awaited in order later; until then a rejection must not count as unhandled.
    result.catch(() => undefined);
    underway.push({ lengths: batch.lengths, result });
  };
  const finishOldest = async () => {
    const oldest = underway.shift();
    if (oldest === undefined) return;
    const { frames, frameLengths, digests, raw } = await oldest.result;
    signal.throwIfAborted();
    shelf.give(raw);
    table.append(oldest.lengths, frameLengths, digests);
    await append(sink, frames, () => shelf.give(frames.buffer));
    const now = performance.now();
    if (now - reportedAt < progressEveryMs) return;
    reportedAt = now;
    request.onProgress({ streamBytes, storedBytes: sink.bytes });
  };

  signal.throwIfAborted();
  for await (const batch of batchSegments(request.chunks, chain, shelf)) {
    signal.throwIfAborted();
    start(batch);
    if (underway.length >= pool.inFlight) await finishOldest();
  }
  while (underway.length > 0) await finishOldest();

  const segments = table.finish();
  const stream: StreamFacts = {
    name: request.streamName,
    bytes: streamBytes,
    sha256: flat.digest("hex"),
    rootHash: rootHashOf(segments),
    segments: segments.count,
  };
  await appendIndex(sink, {
    meta: {
      packId: request.packId,
      backupId: request.backupId,
      kind: "full",
      chain: { chainId: chain.chainId, seed: chain.seed, averageSegmentBytes: chain.averageSegmentBytes },
      streams: [stream],
      packs: [],
      dependencies: [],
    },
    segments,
    extents: segments.count === 0 ? [] : [{ stream: 0, pack: 0, first: 0, count: segments.count, streamBytes }],
  });
  await sink.written;
  request.onProgress({ streamBytes, storedBytes: sink.bytes });
  const packSha256 = sink.sha256.digest("hex");
  // Until packs are encrypted at rest, what is stored is the plain pack.
  const stored = { storedBytes: sink.bytes, storedSha256: packSha256 };
  return { stream, pack: { packId: request.packId, key: request.key, bytes: sink.bytes, packSha256, ...stored } };
}

async function appendIndex(sink: PackSink, index: PackIndex): Promise<void> {
  const payload = encodeIndex(index);
  await append(sink, skippableHeader(indexFrameMagic, payload.length));
  const indexOffset = sink.bytes;
  await append(sink, payload);
  const packBytes = sink.bytes + footerBytes;
  await append(sink, encodeFooter({ indexOffset, indexBytes: payload.length, indexSha256: hash("sha256", payload), packBytes }));
}

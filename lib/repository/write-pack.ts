import { createHash } from "node:crypto";
import type { StorageWriter } from "../storage/port.ts";
import { createBufferShelf } from "./buffer-shelf.ts";
import { assertSameChain, type LoadedChainBase, loadedBase } from "./chain-base.ts";
import { type CodecPool, createCodecPool } from "./codec-pool.ts";
import { createPackSink } from "./pack-sink.ts";
import type { StreamFacts, WritePackRequest, WrittenPack } from "./port.ts";
import { batchSegments } from "./segment-batches.ts";
import { createSegmentEncoder, type EncodedBatch } from "./write-batches.ts";
import { createRecipeWriter } from "./write-recipe.ts";

/** Level 1 is 1.5 times as fast as 3 and 1 % larger on dumps. */
const defaultLevel = 1;
const progressEveryMs = 250;

export type WritePackOptions = {
  /** Shared threads; without it the write starts its own and ends them. */
  readonly pool?: CodecPool;
  readonly level?: number;
};

/**
 * Writes one stream as a pack. A full (`base` null) stores every segment, even one that came before, so that `zstd -d` of the pack is the
 * stream; a member stores what neither its base nor it itself has. Nothing is visible before `publish`. On any error and on abort the temporary
 * file is removed and the error thrown on: the source's own, the signal's reason, or the storage's; `pack-damaged` for a base of another chain.
 */
export async function writePack(request: WritePackRequest, options: WritePackOptions = {}): Promise<WrittenPack> {
  const base = request.base === null ? null : loadedBase(request.base);
  if (base !== null) assertSameChain(base.packs[0]!.key, base.chain, request.chain);
  const pool = options.pool ?? createCodecPool();
  const writer = await request.storage.create(request.key, request.token);
  try {
    const written = await writeStream({ request, base, pool, writer, level: options.level ?? defaultLevel });
    return { ...written, publish: () => writer.commit(written.pack.bytes), discard: () => writer.abort() };
  } catch (error) {
    await writer.abort().catch(() => undefined);
    throw error;
  } finally {
    if (options.pool === undefined) await pool.close();
  }
}

type Writing = {
  readonly request: WritePackRequest;
  readonly base: LoadedChainBase | null;
  readonly pool: CodecPool;
  readonly writer: StorageWriter;
  readonly level: number;
};

async function writeStream({ request, base, pool, writer, level }: Writing): Promise<Omit<WrittenPack, "publish" | "discard">> {
  const { chain, signal } = request;
  const sink = createPackSink(writer);
  const flat = createHash("sha256");
  const shelf = createBufferShelf();
  const recipe = createRecipeWriter(base);
  const encoder = createSegmentEncoder({ pool, shelf, recipe, level, isFull: base === null });
  const underway: Promise<EncodedBatch>[] = [];
  let streamBytes = 0;
  let reportedAt = 0;

  const finishOldest = async () => {
    const oldest = underway.shift();
    if (oldest === undefined) return;
    const { raw, frames, frameLengths } = await oldest;
    signal.throwIfAborted();
    shelf.give(raw);
    recipe.addFrames(frameLengths);
    if (frames !== null) await sink.append(frames, () => shelf.give(frames.buffer));
    const now = performance.now();
    if (now - reportedAt < progressEveryMs) return;
    reportedAt = now;
    request.onProgress({ streamBytes, storedBytes: sink.bytes });
  };

  signal.throwIfAborted();
  for await (const batch of batchSegments(request.chunks, chain, shelf)) {
    signal.throwIfAborted();
    flat.update(new Uint8Array(batch.buffer, 0, batch.bytes));
    streamBytes += batch.bytes;
    const encoded = encoder.encode(batch);
    // Awaited in order later; until then a rejection must not count as unhandled.
    encoded.catch(() => undefined);
    underway.push(encoded);
    if (underway.length >= pool.inFlight) await finishOldest();
  }
  while (underway.length > 0) await finishOldest();

  const { extents, own, needs, rootHash, segments } = recipe.finish();
  const stream: StreamFacts = { name: request.streamName, bytes: streamBytes, sha256: flat.digest("hex"), rootHash, segments };
  await sink.finish({
    meta: {
      packId: request.packId,
      backupId: request.backupId,
      kind: request.kind,
      chain: { chainId: chain.chainId, seed: chain.seed, averageSegmentBytes: chain.averageSegmentBytes },
      streams: [stream],
      packs: needs.map(({ packId, backupId, bytes, packSha256 }) => ({ packId, backupId, bytes, packSha256 })),
      dependencies: [...new Set(needs.map((need) => need.backupId))].map((backupId) => ({ backupId, reason: "packs" as const })),
    },
    segments: own,
    extents,
  });
  request.onProgress({ streamBytes, storedBytes: sink.bytes });
  return { stream, pack: sink.facts(request), needs, newSegments: own.count };
}

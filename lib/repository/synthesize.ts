import { createHash } from "node:crypto";
import { LifeboatError } from "#lib/domain/error";
import { type CodecPool, createCodecPool } from "./codec-pool.ts";
import { decodeSegments } from "./decode-segments.ts";
import { batchTables } from "./frame-batches.ts";
import { type OpenMember, openMember } from "./open-member.ts";
import { createPackSink, type PackSink } from "./pack-sink.ts";
import type { StreamFacts, SynthesizeRequest, WrittenPack } from "./port.ts";
import { createRecipeWriter } from "./write-recipe.ts";

const progressEveryMs = 250;

/**
 * Writes a full from a member: its frames, copied in stream order from the packs where they lie, a repeated one as often as it comes. Each is decoded
 * and compared on the way, the flat and the root hash at the end. Throws what reading throws, `stream-mismatch`, the signal's reason, and leaves
 * nothing then. The new chain takes the seed and the average of the old one.
 */
export async function synthesizeFull(request: SynthesizeRequest, options: { readonly pool?: CodecPool } = {}): Promise<WrittenPack> {
  const member = await openMember(request.storage, request.from);
  const { seed, averageSegmentBytes } = member.packs[0]!.meta.chain;
  if (request.chain.seed !== seed || request.chain.averageSegmentBytes !== averageSegmentBytes) throw new LifeboatError("internal");
  const pool = options.pool ?? createCodecPool();
  const writer = await request.storage.create(request.key, request.token);
  try {
    const sink = createPackSink(writer);
    const written = await copyStream(request, member, pool, sink);
    return { ...written, publish: () => writer.commit(written.pack.bytes), discard: () => writer.abort() };
  } catch (error) {
    await writer.abort().catch(() => undefined);
    throw error;
  } finally {
    if (options.pool === undefined) await pool.close();
  }
}

async function copyStream(
  request: SynthesizeRequest,
  member: OpenMember,
  pool: CodecPool,
  sink: PackSink,
): Promise<Omit<WrittenPack, "publish" | "discard">> {
  const { storage, signal, from, chain } = request;
  const flat = createHash("sha256");
  const recipe = createRecipeWriter(null);
  let streamBytes = 0;
  let reportedAt = 0;

  signal.throwIfAborted();
  for await (const batch of decodeSegments({ storage, member, pool, signal })) {
    flat.update(batch.raw);
    streamBytes += batch.raw.length;
    const { rawLengths, frameLengths, digests } = batchTables(member, batch);
    recipe.place(rawLengths, digests);
    recipe.addFrames(frameLengths);
    await sink.append(batch.frames);
    // The batch's memory is used again with the next one.
    await sink.settled();
    const now = performance.now();
    if (now - reportedAt < progressEveryMs) continue;
    reportedAt = now;
    request.onProgress({ streamBytes, storedBytes: sink.bytes });
  }

  const { extents, own, rootHash, segments } = recipe.finish();
  const stream: StreamFacts = { name: from.stream.name, bytes: streamBytes, sha256: flat.digest("hex"), rootHash, segments };
  if (stream.sha256 !== from.stream.sha256)
    throw new LifeboatError("stream-mismatch", { expected: from.stream.sha256, actual: stream.sha256 });
  if (rootHash !== from.stream.rootHash) throw new LifeboatError("stream-mismatch", { expected: from.stream.rootHash, actual: rootHash });
  const { packId, backupId } = request;
  const { chainId, seed, averageSegmentBytes } = chain;
  await sink.finish({
    meta: { packId, backupId, kind: "full", chain: { chainId, seed, averageSegmentBytes }, streams: [stream], packs: [], dependencies: [] },
    segments: own,
    extents,
  });
  request.onProgress({ streamBytes, storedBytes: sink.bytes });
  return { stream, pack: sink.facts(request), needs: [], newSegments: own.count };
}

import { LifeboatError } from "#lib/domain/error";
import type { Storage } from "../storage/port.ts";
import { type BufferShelf, createBufferShelf } from "./buffer-shelf.ts";
import type { CodecPool } from "./codec-pool.ts";
import type { DecodedBatch } from "./codec.ts";
import { batchTables, cutBatches, cutWindows, type PackRead, planReads, type SegmentRange } from "./frame-batches.ts";
import type { OpenMember } from "./open-member.ts";

export type DecodeOptions = {
  readonly storage: Storage;
  readonly member: OpenMember;
  readonly pool: CodecPool;
  readonly signal?: AbortSignal;
  /** All of the stream when left out. */
  readonly run?: SegmentRange;
  /** How bytes of the member's own pack are had, when not by a read of the range; asked for one after the other. */
  readonly readOwn?: (offset: number, into: Uint8Array) => Promise<void>;
  /** Past the page cache where the platform can. */
  readonly uncached?: boolean;
  /** Every batch in memory of its own, for a consumer that still holds one when it asks for the next. */
  readonly fresh?: boolean;
  /** Told of every segment that is damaged, which is then left out; without it the first one ends the reading with `pack-damaged`. */
  readonly onDamaged?: (segment: number, detail: string) => void;
};

/**
 * Plain bytes of neighbouring segments, each compared with its SHA-256, and the frames that they came from; both are used again when the next batch
 * is asked for (`fresh`: only the frames).
 */
export type SegmentBatch = SegmentRange & { readonly raw: Uint8Array<ArrayBuffer>; readonly frames: Uint8Array<ArrayBuffer> };

/**
 * The segments of a member in stream order, from however many packs. Frames are read a window ahead, near ranges of a pack at once, and
 * decoded on the pool. Memory: two windows of frames (4 MiB of plain bytes each), and batches in flight × (1 MiB + one segment) × 2. Throws
 * `pack-damaged`, `pack-truncated`, `chain-broken` for a needed pack that is gone, and the signal's reason.
 */
export async function* decodeSegments(options: DecodeOptions): AsyncGenerator<SegmentBatch, void, undefined> {
  const { member, pool, signal } = options;
  const shelf = createBufferShelf();
  const underway: Underway[] = [];
  const run = options.run ?? { from: 0, to: member.segments };
  for await (const window of loadAhead(options, shelf, run)) {
    for (const batch of cutBatches(member, window.run)) {
      signal?.throwIfAborted();
      underway.push(startBatch(options, shelf, window, batch));
      if (underway.length >= pool.inFlight) yield* finishBatch(options, shelf, underway.shift()!);
    }
    shelf.give(window.memory);
  }
  for (let oldest = underway.shift(); oldest !== undefined; oldest = underway.shift()) yield* finishBatch(options, shelf, oldest);
}

/** Windows on their way while one is decoded. */
const windowsAhead = 1;

type LoadedRead = PackRead & { readonly bytes: Uint8Array };
type LoadedWindow = { readonly run: SegmentRange; readonly reads: readonly LoadedRead[]; readonly memory: ArrayBuffer };

/** Windows one after the other, the next one on its way while one is decoded. */
async function* loadAhead(options: DecodeOptions, shelf: BufferShelf, run: SegmentRange): AsyncGenerator<LoadedWindow, void, undefined> {
  const loading: Promise<LoadedWindow>[] = [];
  let before: Promise<unknown> = Promise.resolve();
  for (const window of cutWindows(options.member, run)) {
    const next = before.then(() => loadWindow(options, shelf, window));
    // Awaited in order later; until then a rejection must not count as unhandled.
    next.catch(() => undefined);
    before = next;
    loading.push(next);
    if (loading.length > windowsAhead) yield await loading.shift()!;
  }
  for (const rest of loading) yield await rest;
}

async function loadWindow(options: DecodeOptions, shelf: BufferShelf, run: SegmentRange): Promise<LoadedWindow> {
  const plan = planReads(options.member, run);
  const memory = shelf.take(plan.reduce((sum, read) => sum + read.length, 0));
  const reads: LoadedRead[] = [];
  let filled = 0;
  for (const read of plan) {
    options.signal?.throwIfAborted();
    reads.push({ ...read, bytes: await readPack(options, read, new Uint8Array(memory, filled, read.length)) });
    filled += read.length;
  }
  return { run, reads, memory };
}

async function readPack(options: DecodeOptions, { pack, offset, length }: PackRead, into: Uint8Array): Promise<Uint8Array> {
  const { storage, member, readOwn, uncached = false } = options;
  if (pack === 0 && readOwn !== undefined) {
    await readOwn(offset, into);
    return into;
  }
  const { key } = member.packs[pack]!;
  try {
    return await storage.readRange(key, offset, length, { uncached, into });
  } catch (error) {
    // It was there when the member was opened.
    const isGone = pack > 0 && error instanceof LifeboatError && error.code === "pack-missing";
    throw isGone ? new LifeboatError("chain-broken", { key }, { cause: error }) : error;
  }
}

type Underway = { readonly batch: SegmentRange; readonly storedBytes: number; readonly result: Promise<DecodedBatch> };

function startBatch({ member, pool, fresh }: DecodeOptions, shelf: BufferShelf, window: LoadedWindow, batch: SegmentRange): Underway {
  const { storedBytes, rawBytes, ...tables } = batchTables(member, batch);
  const buffer = shelf.take(storedBytes);
  const stored = new Uint8Array(buffer, 0, storedBytes);
  let filled = 0;
  for (let at = batch.from; at < batch.to; at += 1) {
    const frame = frameOf(member, window, at);
    stored.set(frame, filled);
    filled += frame.length;
  }
  const result = pool.decode({ buffer, raw: fresh === true ? undefined : shelf.take(rawBytes), ...tables });
  result.catch(() => undefined);
  return { batch, storedBytes, result };
}

/** The bytes of a segment's frame in what was read. */
function frameOf(member: OpenMember, { reads }: LoadedWindow, at: number): Uint8Array {
  const pack = member.packOf[at]!;
  const segment = member.segmentOf[at]!;
  const { frameOffsets } = member.packs[pack]!;
  const start = frameOffsets[segment]!;
  const end = frameOffsets[segment + 1]!;
  const read = reads.find((each) => each.pack === pack && each.offset <= start && end <= each.offset + each.length);
  if (read === undefined) throw new Error("a frame was not read");
  return read.bytes.subarray(start - read.offset, end - read.offset);
}

async function* finishBatch(
  options: DecodeOptions,
  shelf: BufferShelf,
  { batch, storedBytes, result }: Underway,
): AsyncGenerator<SegmentBatch, void, undefined> {
  const { member, signal, onDamaged } = options;
  const { raw, stored, failure } = await result;
  signal?.throwIfAborted();
  const frames = new Uint8Array(stored, 0, storedBytes);
  const good = failure === null ? batch : { from: batch.from, to: batch.from + failure.at };
  if (good.to > good.from) yield { ...good, raw, frames };
  if (failure !== null) {
    if (onDamaged === undefined) {
      const detail = `segment ${member.segmentOf[good.to]!}: ${failure.detail}`;
      throw new LifeboatError("pack-damaged", { key: member.packs[member.packOf[good.to]!]!.key, detail });
    }
    onDamaged(good.to, failure.detail);
    yield* finishRest(options, shelf, { from: good.to + 1, to: batch.to }, frames);
  }
  if (options.fresh !== true) shelf.give(raw.buffer);
  shelf.give(stored);
}

/** What stands behind a damaged segment in the same batch. */
async function* finishRest(
  options: DecodeOptions,
  shelf: BufferShelf,
  rest: SegmentRange,
  frames: Uint8Array,
): AsyncGenerator<SegmentBatch, void, undefined> {
  if (rest.from >= rest.to) return;
  const { storedBytes, rawBytes: _rawBytes, ...tables } = batchTables(options.member, rest);
  const result = options.pool.decode({ buffer: frames.slice(frames.length - storedBytes).buffer, ...tables });
  yield* finishBatch(options, shelf, { batch: rest, storedBytes, result });
}

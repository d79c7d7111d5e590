import { LifeboatError } from "#lib/domain/error";
import type { Storage } from "../storage/port.ts";
import type { CodecPool } from "./codec-pool.ts";
import { decodeRange, groupSegments, type SegmentRange } from "./frame-batches.ts";
import type { OpenPack, StoredStream } from "./read-pack.ts";

/** Bytes from `offset` on, `length` of them. */
export type ByteRange = { readonly offset: number; readonly length: number };

export interface StreamReader {
  readonly bytes: number;
  /**
   * Any part of the stream. Every segment's SHA-256 is compared before a byte of it is handed out. Throws `pack-damaged`, `pack-missing` …
   */
  readRange(range: ByteRange, signal?: AbortSignal): AsyncIterable<Uint8Array>;
}

/** Decoded batches asked for ahead of the consumer, in fresh memory each: a socket may still send one when the next is asked for. */
const readAhead = 4;

/** Random access to one stream of an opened pack: the segment is found by bisection, neighbours are read together. */
export function openStreamReader(options: { storage: Storage; pack: OpenPack; stream: StoredStream; pool: CodecPool }): StreamReader {
  const { pack, stream } = options;
  const starts = new Float64Array(stream.to - stream.from + 1);
  for (let at = stream.from; at < stream.to; at += 1)
    starts[at - stream.from + 1] = starts[at - stream.from]! + pack.segments.rawLengths[at]!;
  return {
    bytes: stream.bytes,
    readRange(range, signal) {
      assertRange(range, stream.bytes);
      return readSegments({ ...options, starts }, range, signal);
    },
  };
}

/** Throws `range-not-satisfiable` for a range outside 0 … `sizeBytes`. */
export function assertRange({ offset, length }: ByteRange, sizeBytes: number): void {
  const isWithin =
    Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0 && offset + length <= sizeBytes;
  if (!isWithin) throw new LifeboatError("range-not-satisfiable", { sizeBytes });
}

type Opened = { storage: Storage; pack: OpenPack; stream: StoredStream; pool: CodecPool; starts: Float64Array };

async function* readSegments(opened: Opened, { offset, length }: ByteRange, signal?: AbortSignal): AsyncIterable<Uint8Array> {
  if (length === 0) return;
  const { pack, stream, starts } = opened;
  const first = segmentAt(starts, offset);
  const last = segmentAt(starts, offset + length - 1);
  const batches = groupSegments(pack, { from: stream.from + first, to: stream.from + last + 1 })[Symbol.iterator]();
  const underway: { start: number; bytes: Promise<Uint8Array> }[] = [];
  const askForNext = () => {
    const next = batches.next();
    if (next.done === true) return;
    const bytes = readBatch(opened, next.value);
    bytes.catch(() => undefined);
    underway.push({ start: starts[next.value.from - stream.from]!, bytes });
  };
  for (let ahead = 0; ahead < readAhead; ahead += 1) askForNext();
  for (;;) {
    const oldest = underway.shift();
    if (oldest === undefined) return;
    signal?.throwIfAborted();
    const bytes = await oldest.bytes;
    signal?.throwIfAborted();
    askForNext();
    const from = Math.max(0, offset - oldest.start);
    const to = Math.min(bytes.length, offset + length - oldest.start);
    yield bytes.subarray(from, to);
  }
}

async function readBatch({ storage, pack, pool }: Opened, range: SegmentRange): Promise<Uint8Array> {
  const from = pack.frameOffsets[range.from]!;
  const stored = await storage.readRange(pack.key, from, pack.frameOffsets[range.to]! - from);
  const isWhole = stored.byteLength === stored.buffer.byteLength && stored.buffer instanceof ArrayBuffer;
  const decoded = await decodeRange(pool, pack, range, isWhole ? stored.buffer : new Uint8Array(stored).buffer);
  if (decoded.failure !== null) {
    const detail = `segment ${range.from + decoded.failure.at}: ${decoded.failure.detail}`;
    throw new LifeboatError("pack-damaged", { key: pack.key, detail });
  }
  return decoded.raw;
}

/** The segment that holds `offset`: the last whose start is not behind it. */
function segmentAt(starts: Float64Array, offset: number): number {
  let low = 0;
  let high = starts.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

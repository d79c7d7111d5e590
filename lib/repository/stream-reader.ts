import { LifeboatError } from "#lib/domain/error";
import type { Storage } from "../storage/port.ts";
import type { CodecPool } from "./codec-pool.ts";
import { decodeSegments } from "./decode-segments.ts";
import type { OpenMember } from "./open-member.ts";

/** Bytes from `offset` on, `length` of them. */
export type ByteRange = { readonly offset: number; readonly length: number };

export interface StreamReader {
  readonly bytes: number;
  /**
   * Any part of the stream. Every segment's SHA-256 is compared before a byte of it is handed out. Throws `pack-damaged`, `chain-broken` …
   */
  readRange(range: ByteRange, signal?: AbortSignal): AsyncIterable<Uint8Array>;
}

/**
 * Random access to an opened member's stream: the segment is found by bisection, neighbours are read together. Pieces are in fresh memory each: a socket
 * may still send one when the next is asked for.
 */
export function openStreamReader(options: { storage: Storage; member: OpenMember; pool: CodecPool }): StreamReader {
  const { bytes } = options.member.stream;
  return {
    bytes,
    readRange(range, signal) {
      assertRange(range, bytes);
      return readSegments(options, range, signal);
    },
  };
}

/** Throws `range-not-satisfiable` for a range outside 0 … `sizeBytes`. */
export function assertRange({ offset, length }: ByteRange, sizeBytes: number): void {
  const isWithin =
    Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0 && offset + length <= sizeBytes;
  if (!isWithin) throw new LifeboatError("range-not-satisfiable", { sizeBytes });
}

type Opened = { storage: Storage; member: OpenMember; pool: CodecPool };

async function* readSegments(opened: Opened, { offset, length }: ByteRange, signal?: AbortSignal): AsyncIterable<Uint8Array> {
  if (length === 0) return;
  const { starts } = opened.member;
  const end = offset + length;
  const run = { from: segmentAt(starts, offset), to: segmentAt(starts, end - 1) + 1 };
  for await (const { from, raw } of decodeSegments({ ...opened, signal, run, fresh: true })) {
    const start = starts[from]!;
    yield raw.subarray(Math.max(0, offset - start), Math.min(raw.length, end - start));
  }
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

import type { StreamChunk } from "../engines/port.ts";
import type { BufferShelf } from "./buffer-shelf.ts";
import { createBoundaryFinder, type SegmenterParameters, segmentLimits } from "./segmenter.ts";

/** Whole segments that travel to a compression thread together: about 1 MiB, more where one segment is longer. */
export type SegmentBatch = { readonly buffer: ArrayBuffer; readonly bytes: number; readonly lengths: Uint32Array };

const batchBytes = 1024 * 1024;

/**
 * Cuts a stream into segments and groups them. Every byte is copied once; what a batch leaves open (less than one segment) is
 * copied once more into the next one. The same bytes and cuts give the same segments, however the chunks fall.
 */
export async function* batchSegments(
  chunks: AsyncIterable<StreamChunk>,
  parameters: SegmenterParameters,
  shelf: BufferShelf,
): AsyncIterable<SegmentBatch> {
  const finder = createBoundaryFinder(parameters);
  const size = batchBytes + segmentLimits(parameters.averageSegmentBytes).maxBytes;
  let open = new Uint8Array(shelf.take(size));
  let used = 0;
  let closed = 0;
  let lengths: number[] = [];
  const closeAt = (position: number) => {
    lengths.push(position - closed);
    closed = position;
  };
  const ship = (): SegmentBatch => {
    const batch = { buffer: open.buffer, bytes: closed, lengths: Uint32Array.from(lengths) };
    const next = new Uint8Array(shelf.take(size));
    next.set(open.subarray(closed, used));
    open = next;
    used -= closed;
    closed = 0;
    lengths = [];
    return batch;
  };
  for await (const chunk of chunks) {
    if (chunk.cut && finder.cut()) closeAt(used);
    let taken = 0;
    while (taken < chunk.bytes.length) {
      const piece = chunk.bytes.subarray(taken, taken + open.length - used);
      open.set(piece, used);
      taken += piece.length;
      let position = used;
      used += piece.length;
      while (position !== -1 && position < used) {
        position = finder.next(open, position, used);
        if (position !== -1) closeAt(position);
      }
      if (closed >= batchBytes) yield ship();
    }
  }
  if (used > closed) closeAt(used);
  if (closed > 0) yield ship();
}

import type { BufferShelf } from "./buffer-shelf.ts";
import type { CodecPool } from "./codec-pool.ts";
import type { SegmentBatch } from "./segment-batches.ts";
import type { RecipeWriter } from "./write-recipe.ts";

/** What became of a batch: `frames` are those of its new segments, null when there are none. `raw` is the batch's buffer, to be used again. */
export type EncodedBatch = {
  readonly raw: ArrayBuffer;
  readonly frames: Uint8Array<ArrayBuffer> | null;
  readonly frameLengths: Uint32Array;
};

export interface SegmentEncoder {
  /** Takes the next batch of the stream and its buffer. Several may be underway; recipes are written in the order of the calls. */
  encode(batch: SegmentBatch): Promise<EncodedBatch>;
}

const noFrames = new Uint32Array(0);

/**
 * A full's batches are hashed and compressed in one go. A member's are hashed first; when all before it have their places, so has this
 * one, and only what is new travels to a thread once more.
 */
export function createSegmentEncoder(options: {
  pool: CodecPool;
  shelf: BufferShelf;
  recipe: RecipeWriter;
  level: number;
  isFull: boolean;
}): SegmentEncoder {
  const { pool, shelf, recipe, level } = options;
  /** Settles when all batches so far have their places. */
  let placed: Promise<unknown> = Promise.resolve();
  const inOrder = <T extends { digests: Uint8Array }>(lengths: Uint32Array, underway: Promise<T>): Promise<T & { added: Uint32Array }> => {
    const before = placed;
    const place = async () => {
      const [result] = await Promise.all([underway, before]);
      return { ...result, added: recipe.place(lengths, result.digests) };
    };
    const own = place();
    placed = own;
    return own;
  };

  const storeAll = ({ buffer, lengths }: SegmentBatch): Promise<EncodedBatch> =>
    inOrder(lengths, pool.compress({ buffer, lengths, level, frames: shelf.take(buffer.byteLength) }));

  const storeNew = async ({ buffer, lengths }: SegmentBatch): Promise<EncodedBatch> => {
    const { raw, added } = await inOrder(lengths, pool.hash({ buffer, lengths }));
    if (added.length === 0) return { raw, frames: null, frameLengths: noFrames };
    return pool.compress({ buffer: raw, ...pick(lengths, added), level, frames: shelf.take(raw.byteLength) });
  };

  return { encode: options.isFull ? storeAll : storeNew };
}

/** Offsets and lengths of the chosen segments. */
function pick(lengths: Uint32Array, chosen: Uint32Array): { offsets: Uint32Array; lengths: Uint32Array } {
  const offsets = new Uint32Array(chosen.length);
  let offset = 0;
  let next = 0;
  for (let at = 0; at < lengths.length; at += 1) {
    if (chosen[next] === at) {
      offsets[next] = offset;
      next += 1;
    }
    offset += lengths[at]!;
  }
  return { offsets, lengths: chosen.map((at) => lengths[at]!) };
}

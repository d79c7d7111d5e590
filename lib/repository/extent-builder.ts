import type { ExtentTable } from "./pack-index.ts";

/** Collects a recipe of one stream (number 0) segment by segment; a segment that adjoins the one before makes its extent longer. */
export interface ExtentBuilder {
  readonly count: number;
  /** The next piece of the stream is segment `segment` of pack `pack`, of `bytes` plain bytes. */
  add(pack: number, segment: number, bytes: number): void;
  /** The recipe; `renumber[pack]` takes the place of every pack's number. */
  finish(renumber?: Uint32Array): ExtentTable;
}

/** Arrays double when they are full. */
export function createExtentBuilder(): ExtentBuilder {
  let capacity = 256;
  let count = 0;
  let packs = new Uint32Array(capacity);
  let firsts = new Uint32Array(capacity);
  let counts = new Uint32Array(capacity);
  let streamBytes = new Float64Array(capacity);
  const grow = () => {
    capacity *= 2;
    const before = { packs, firsts, counts, streamBytes };
    packs = new Uint32Array(capacity);
    firsts = new Uint32Array(capacity);
    counts = new Uint32Array(capacity);
    streamBytes = new Float64Array(capacity);
    packs.set(before.packs);
    firsts.set(before.firsts);
    counts.set(before.counts);
    streamBytes.set(before.streamBytes);
  };
  return {
    get count() {
      return count;
    },
    add(pack, segment, bytes) {
      const last = count - 1;
      if (last >= 0 && packs[last] === pack && segment === firsts[last]! + counts[last]!) {
        counts[last] = counts[last]! + 1;
        streamBytes[last] = streamBytes[last]! + bytes;
        return;
      }
      if (count === capacity) grow();
      packs[count] = pack;
      firsts[count] = segment;
      counts[count] = 1;
      streamBytes[count] = bytes;
      count += 1;
    },
    finish(renumber) {
      if (renumber !== undefined) for (let at = 0; at < count; at += 1) packs[at] = renumber[packs[at]!]!;
      return {
        count,
        streams: new Uint32Array(count),
        packs: packs.subarray(0, count),
        firsts: firsts.subarray(0, count),
        counts: counts.subarray(0, count),
        streamBytes: streamBytes.subarray(0, count),
      };
    },
  };
}

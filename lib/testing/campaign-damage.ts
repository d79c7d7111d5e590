import type { Random } from "./campaign-random.ts";

/** One thing that a disk does to a file. */
export type Damage = { readonly what: string; readonly apply: (bytes: Uint8Array) => Uint8Array };

export function flipBit(bit: number): Damage {
  const apply = (bytes: Uint8Array) => {
    const copy = Uint8Array.from(bytes);
    copy[bit >>> 3]! ^= 1 << (bit & 7);
    return copy;
  };
  return { what: `bit ${bit} flipped`, apply };
}

export function cutAt(length: number): Damage {
  return { what: `cut to ${length} bytes`, apply: (bytes) => bytes.subarray(0, length) };
}

/**
 * `flips` single bits and `cuts` truncations of a file of `size` bytes, each different as long as there are enough. The first and the
 * last bytes are always among them: headers and footers lie there.
 */
export function damagesOf(random: Random, size: number, counts: { flips: number; cuts: number }): Damage[] {
  const bits = choose(random, size * 8, counts.flips);
  const lengths = choose(random, size, counts.cuts);
  return [...bits.map(flipBit), ...lengths.map(cutAt)];
}

function choose(random: Random, limit: number, count: number): number[] {
  if (limit <= count) return Array.from({ length: count }, (_, at) => at % limit);
  const chosen = new Set([0, limit - 1]);
  while (chosen.size < count) chosen.add(random.below(limit));
  return [...chosen];
}

/** Where digests are compared: segments by number, wherever their 32 bytes lie. */
export interface DigestStore {
  /** The first four bytes of a segment's digest as a number. */
  wordOf(segment: number): number;
  /** True when the segment's digest is the one that stands in `digests` from `at` on. */
  equals(segment: number, digests: Uint8Array, at: number): boolean;
}

export interface SegmentLookup {
  readonly count: number;
  /** Number of the first segment that was added with the digest in `digests` from `at` on, or -1. */
  find(digests: Uint8Array, at: number): number;
  /** Adds the segment with the next number; its digest stands in the store already. */
  add(): void;
}

/**
 * Finds segments by SHA-256: open addressing with linear probing over one array of segment numbers, at most three quarters full. 5.4 to 10.7
 * bytes a segment; the digests themselves stay where they are. A digest is its own hash: its first bits choose the slot.
 */
export function createSegmentLookup(store: DigestStore, expectedSegments = 0): SegmentLookup {
  let count = 0;
  let bits = 10;
  while (expectedSegments > capacityOf(bits)) bits += 1;
  /** Number + 1 of a segment; 0 is an empty slot. */
  let slots = new Uint32Array(2 ** bits);
  const place = (segment: number) => {
    let slot = store.wordOf(segment) >>> (32 - bits);
    while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
    slots[slot] = segment + 1;
  };
  return {
    get count() {
      return count;
    },
    find(digests, at) {
      let slot = wordAt(digests, at) >>> (32 - bits);
      for (;;) {
        const found = slots[slot]!;
        if (found === 0) return -1;
        if (store.equals(found - 1, digests, at)) return found - 1;
        slot = (slot + 1) & (slots.length - 1);
      }
    },
    add() {
      if (count === capacityOf(bits)) {
        bits += 1;
        slots = new Uint32Array(2 ** bits);
        for (let segment = 0; segment < count; segment += 1) place(segment);
      }
      place(count);
      count += 1;
    },
  };
}

function capacityOf(bits: number): number {
  return 2 ** bits * 0.75;
}

/** The first four bytes of a digest, the first one highest. */
export function wordAt(digests: Uint8Array, at: number): number {
  return ((digests[at]! << 24) | (digests[at + 1]! << 16) | (digests[at + 2]! << 8) | digests[at + 3]!) >>> 0;
}

/** Compares two digests of 32 bytes. */
export function equalDigests(left: Uint8Array, leftAt: number, right: Uint8Array, rightAt: number): boolean {
  for (let byte = 0; byte < 32; byte += 1) if (left[leftAt + byte] !== right[rightAt + byte]) return false;
  return true;
}

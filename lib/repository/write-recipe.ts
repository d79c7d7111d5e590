import type { LoadedChainBase } from "./chain-base.ts";
import { createExtentBuilder } from "./extent-builder.ts";
import type { ExtentTable } from "./pack-index.ts";
import type { PackNeed } from "./port.ts";
import { createSegmentLookup } from "./segment-lookup.ts";
import { createRootHash, createSegmentTableBuilder, type SegmentPieces } from "./segment-table.ts";

/** What is known of a stream when its last segment has its place. */
export type WrittenRecipe = {
  readonly extents: ExtentTable;
  readonly own: SegmentPieces;
  readonly needs: readonly PackNeed[];
  readonly rootHash: string;
  /** Of the stream. */
  readonly segments: number;
};

/** Finds a place for every segment of a stream: in a pack of the base, or in the pack that is being written. */
export interface RecipeWriter {
  /** Takes the next segments of the stream; answers which of them are new, by their place in `lengths`, and go into the pack. */
  place(lengths: Uint32Array, digests: Uint8Array): Uint32Array;
  /** Lengths of the next new segments' frames, in the order in which they were found new. */
  addFrames(frameLengths: Uint32Array): void;
  finish(): WrittenRecipe;
}

/** With a base, a segment is stored once and named as often as it comes; without one (a full), every segment is stored where it comes. */
export function createRecipeWriter(base: LoadedChainBase | null): RecipeWriter {
  const own = createSegmentTableBuilder();
  const ownLookup = createSegmentLookup(own);
  const extents = createExtentBuilder();
  const root = createRootHash();
  /** One bit a segment of the base: it is named. */
  const named = new Uint8Array(Math.ceil((base?.segments ?? 0) / 8));
  let segments = 0;
  /** The segment behind the last one, in the base and here: an unchanged stream goes on there, even where segments repeat. */
  let nextInBase = -1;
  let nextInOwn = -1;

  const findInBase = (digests: Uint8Array, at: number) => {
    if (base === null) return -1;
    return nextInBase !== -1 && base.equals(nextInBase, digests, at) ? nextInBase : base.find(digests, at);
  };
  const findInOwn = (digests: Uint8Array, at: number) => {
    const goesOn = nextInOwn !== -1 && nextInOwn < own.count && own.equals(nextInOwn, digests, at);
    return goesOn ? nextInOwn : ownLookup.find(digests, at);
  };

  return {
    place(lengths, digests) {
      const added = new Uint32Array(lengths.length);
      let addedCount = 0;
      for (let at = 0; at < lengths.length; at += 1) {
        const length = lengths[at]!;
        root.update(length, digests.subarray(at * 32, at * 32 + 32));
        segments += 1;
        const inBase = findInBase(digests, at * 32);
        if (base !== null && inBase !== -1) {
          const pack = base.packOf(inBase);
          named[inBase >>> 3] = named[inBase >>> 3]! | (1 << (inBase & 7));
          extents.add(pack + 1, inBase - base.firsts[pack]!, length);
          nextInBase = inBase + 1;
          nextInOwn = -1;
          continue;
        }
        let inOwn = base === null ? -1 : findInOwn(digests, at * 32);
        if (inOwn === -1) {
          inOwn = own.addSegment(length, digests, at * 32);
          if (base !== null) ownLookup.add();
          added[addedCount] = at;
          addedCount += 1;
        }
        extents.add(0, inOwn, length);
        nextInBase = -1;
        nextInOwn = inOwn + 1;
      }
      return added.subarray(0, addedCount);
    },
    addFrames: (frameLengths) => own.addFrames(frameLengths),
    finish() {
      const found = base === null ? { needs: [], numbers: Uint32Array.of(0) } : needsOf(base, named);
      return {
        extents: extents.finish(found.numbers),
        own: own.finish(),
        needs: found.needs,
        rootHash: root.digest(),
        segments,
      };
    },
  };
}

/** The packs of which a segment is named, and the number of each pack of the base among them (from 1 on; 0 is the pack itself). */
function needsOf(base: LoadedChainBase, named: Uint8Array): { needs: PackNeed[]; numbers: Uint32Array } {
  const needs: PackNeed[] = [];
  const numbers = new Uint32Array(base.packs.length + 1);
  for (const [pack, ref] of base.packs.entries()) {
    let readBytes = 0;
    let ranges = 0;
    let isOpen = false;
    for (let segment = base.firsts[pack]!; segment < base.firsts[pack + 1]!; segment += 1) {
      const isNamed = (named[segment >>> 3]! & (1 << (segment & 7))) !== 0;
      if (isNamed) readBytes += base.frameLength(segment);
      if (isNamed && !isOpen) ranges += 1;
      isOpen = isNamed;
    }
    if (ranges > 0) numbers[pack + 1] = needs.push({ ...ref, readBytes, ranges });
  }
  return { needs, numbers };
}

import { LifeboatError } from "#lib/domain/error";
import type { Storage } from "../storage/port.ts";
import type { PackMeta } from "./pack-index.ts";
import type { ChainBase, ChainParameters, PackRef } from "./port.ts";
import { openPack } from "./read-pack.ts";
import { createSegmentLookup, equalDigests, wordAt } from "./segment-lookup.ts";
import type { SegmentTable } from "./segment-table.ts";

/**
 * 4.5 × 262,144: a stream at the end of its chain, and an eighth of it again in its members' packs. At 48 bytes each (40 of index, 8 of lookup) that
 * is what the worker's 300 MiB leave beside a running backup; docs/format.md, "Limits and memory".
 */
export const maxBaseSegments = 1_179_648;

/** A base as the writer sees it. Segments have numbers through all packs, in the order of `packs`. */
export type LoadedChainBase = ChainBase & {
  readonly chain: ChainParameters;
  /** Number of the first segment of each pack; one more entry than packs. */
  readonly firsts: Uint32Array;
  /** The first segment with the digest in `digests` from `at` on, or -1. */
  find(digests: Uint8Array, at: number): number;
  /** False for a number that is none. */
  equals(segment: number, digests: Uint8Array, at: number): boolean;
  packOf(segment: number): number;
  frameLength(segment: number): number;
};

/**
 * Opens the packs that a member may refer to, one after the other, and indexes their segments. Throws `pack-missing`, `pack-truncated`,
 * `pack-damaged` (also for a pack that is another one, or of another chain than the first), `chain-too-large` { segments }, and the signal's reason.
 */
export async function openChainBase(storage: Storage, packs: readonly PackRef[], signal: AbortSignal): Promise<ChainBase> {
  const opened: { ref: PackRef; segments: SegmentTable }[] = [];
  let chain: ChainParameters | null = null;
  let segments = 0;
  for (const ref of packs) {
    signal.throwIfAborted();
    const pack = await openPack(storage, ref.key, ref.storedBytes);
    chain ??= pack.meta.chain;
    assertIdentity(ref, pack.meta, chain);
    segments += pack.segments.count;
    if (segments > maxBaseSegments) throw new LifeboatError("chain-too-large", { segments });
    opened.push({ ref, segments: withoutRecipe(pack.segments) });
  }
  if (chain === null) throw new LifeboatError("internal");
  return indexSegments(chain, opened);
}

/** Throws `pack-damaged` when a pack is not the one that the catalogue knows, or was cut with other parameters. */
function assertIdentity(ref: PackRef, meta: PackMeta, chain: ChainParameters): void {
  const damaged = (detail: string) => new LifeboatError("pack-damaged", { key: ref.key, detail });
  if (meta.packId !== ref.packId || meta.backupId !== ref.backupId) throw damaged(`it is ${meta.packId} of ${meta.backupId}`);
  assertSameChain(ref.key, meta.chain, chain);
}

/** Throws `pack-damaged` when a pack was cut with other parameters: next to nothing of it would be found again. */
export function assertSameChain(key: string, found: ChainParameters, expected: ChainParameters): void {
  const isSame =
    found.chainId === expected.chainId && found.seed === expected.seed && found.averageSegmentBytes === expected.averageSegmentBytes;
  if (isSame) return;
  const detail = `it is of chain ${found.chainId} with average ${found.averageSegmentBytes}, not of ${expected.chainId} with ${expected.averageSegmentBytes}`;
  throw new LifeboatError("pack-damaged", { key, detail });
}

/** An index that was read as a whole is kept as it is, unless its recipe or the tail around it would cost more than the copy. */
function withoutRecipe(table: SegmentTable): SegmentTable {
  if (table.digests.buffer.byteLength <= table.count * 48) return table;
  const { count } = table;
  return { count, rawLengths: table.rawLengths.slice(), frameLengths: table.frameLengths.slice(), digests: table.digests.slice() };
}

/** Makes the lookup over tables that are in memory. */
export function indexSegments(
  chain: ChainParameters,
  packs: readonly { readonly ref: PackRef; readonly segments: SegmentTable }[],
): LoadedChainBase {
  const firsts = new Uint32Array(packs.length + 1);
  for (const [at, pack] of packs.entries()) firsts[at + 1] = firsts[at]! + pack.segments.count;
  const segments = firsts[packs.length]!;
  const tables = packs.map((pack) => pack.segments);
  const packOf = (segment: number) => {
    let low = 0;
    let high = packs.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (firsts[middle]! <= segment) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  const equals = (segment: number, digests: Uint8Array, at: number) => {
    if (segment >= segments) return false;
    const pack = packOf(segment);
    return equalDigests(tables[pack]!.digests, (segment - firsts[pack]!) * 32, digests, at);
  };
  const wordOf = (segment: number) => {
    const pack = packOf(segment);
    return wordAt(tables[pack]!.digests, (segment - firsts[pack]!) * 32);
  };
  const lookup = createSegmentLookup({ equals, wordOf }, segments);
  while (lookup.count < segments) lookup.add();
  return {
    packs: packs.map((pack) => pack.ref),
    segments,
    chain,
    firsts,
    find: (digests, at) => lookup.find(digests, at),
    equals,
    packOf,
    frameLength(segment) {
      const pack = packOf(segment);
      return tables[pack]!.frameLengths[segment - firsts[pack]!]!;
    },
  };
}

/** The base that `openChainBase` made. */
export function loadedBase(base: ChainBase): LoadedChainBase {
  if (!("firsts" in base)) throw new LifeboatError("internal");
  return base as LoadedChainBase;
}

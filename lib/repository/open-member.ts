import { LifeboatError } from "#lib/domain/error";
import type { Storage } from "../storage/port.ts";
import type { PackMeta } from "./pack-index.ts";
import type { KnownBackup, PackRef, StreamFacts } from "./port.ts";
import { maxIndexSegments, type OpenPack, openPack } from "./read-pack.ts";
import { createRootHash } from "./segment-table.ts";

/**
 * A stored backup whose recipe is resolved: for each segment of its stream in order, the pack, the segment's number there, and where its plain
 * bytes begin. 14 bytes a segment beside the packs' own tables; a full is the member that needs nothing.
 */
export type OpenMember = {
  /** 0: the backup's own pack; n: the one that its index counts as n. */
  readonly packs: readonly OpenPack[];
  readonly stream: StreamFacts;
  readonly segments: number;
  readonly packOf: Uint16Array;
  readonly segmentOf: Uint32Array;
  /** Offsets in the stream; one more than segments, the last is the stream's length. */
  readonly starts: Float64Array;
};

const mostPacks = 65_536;

/**
 * Opens a backup and all packs that its recipe names, with two range reads each, and compares identities, lengths and the root hash with what
 * is known: nothing is read before the whole chain is in order. Throws `pack-missing`, `pack-truncated`, `pack-damaged` { key },
 * `chain-broken` { key } for a needed pack that is missing or another one, `stream-mismatch`, `format-unknown`.
 */
export async function openMember(storage: Storage, backup: KnownBackup): Promise<OpenMember> {
  const own = await openOwnPack(storage, backup.pack);
  const needed: OpenPack[] = [];
  for (const named of own.meta.packs) needed.push(await openNeededPack(storage, own, findNeed(backup, named)));
  return resolveMember(backup, own, needed);
}

/** Opens a backup's own pack. Throws `pack-missing`, `pack-truncated`, `pack-damaged`, also for the pack of another backup. */
export async function openOwnPack(storage: Storage, ref: PackRef): Promise<OpenPack> {
  const pack = await openPack(storage, ref.key, ref.storedBytes);
  if (isPack(pack, ref)) return pack;
  throw new LifeboatError("pack-damaged", { key: ref.key, detail: `pack ${pack.meta.packId} of another backup lies in its place` });
}

async function openNeededPack(storage: Storage, own: OpenPack, ref: PackRef): Promise<OpenPack> {
  try {
    const pack = await openPack(storage, ref.key, ref.storedBytes);
    assertSameChain(own, pack, ref);
    return pack;
  } catch (error) {
    if (error instanceof LifeboatError && error.code === "pack-missing")
      throw new LifeboatError("chain-broken", { key: ref.key }, { cause: error });
    throw error;
  }
}

/** Throws `chain-broken` when another pack than `ref`, or one of another chain, lies where `own` needs it. */
export function assertSameChain(own: OpenPack, pack: OpenPack, ref: PackRef): void {
  if (!isPack(pack, ref) || pack.meta.chain.chainId !== own.meta.chain.chainId) throw new LifeboatError("chain-broken", { key: ref.key });
}

function isPack(pack: OpenPack, ref: PackRef): boolean {
  return pack.meta.packId === ref.packId;
}

/** What is known of a pack that an index names. Throws `chain-broken` when it is not known, or was another one when the member was made. */
export function findNeed(backup: KnownBackup, named: PackMeta["packs"][number]): PackRef {
  const ref = backup.needs.find((each) => each.packId === named.packId);
  if (ref === undefined || ref.bytes !== named.bytes || ref.packSha256 !== named.packSha256) {
    throw new LifeboatError("chain-broken", { key: ref?.key ?? named.packId });
  }
  return ref;
}

/** Resolves a recipe over opened packs, `needed` in the order of the index. Throws `pack-damaged` and `stream-mismatch`. */
export function resolveMember(backup: Pick<KnownBackup, "stream">, own: OpenPack, needed: readonly OpenPack[]): OpenMember {
  const damaged = (detail: string) => new LifeboatError("pack-damaged", { key: own.key, detail });
  const packs = [own, ...needed];
  if (packs.length > mostPacks) throw new LifeboatError("format-unknown", { detail: `a recipe over ${packs.length} packs` });
  const number = own.meta.streams.findIndex((each) => each.name === backup.stream.name);
  const facts = own.meta.streams[number];
  if (facts === undefined) throw damaged(`no stream named ${backup.stream.name}`);
  if (facts.segments > maxIndexSegments) throw new LifeboatError("format-unknown", { detail: `a stream of ${facts.segments} segments` });
  assertRecipe(packs, damaged);
  const member = { packs, stream: facts, segments: facts.segments, ...resolve(packs, number, facts, damaged) };
  const rootHash = rootOf(member);
  if (rootHash !== facts.rootHash) throw damaged("the root hash differs from the index's");
  const { stream } = backup;
  if (rootHash !== stream.rootHash || facts.sha256 !== stream.sha256 || facts.bytes !== stream.bytes) {
    throw new LifeboatError("stream-mismatch", { expected: stream.rootHash, actual: rootHash });
  }
  return member;
}

/** Every extent within its pack, every own segment named; a full's in order, each once, and nothing else. */
function assertRecipe([own, ...needed]: readonly OpenPack[], damaged: (detail: string) => LifeboatError): void {
  if (own === undefined) return;
  const { extents, segments, meta } = own;
  const named = new Uint8Array(segments.count);
  let next = 0;
  for (let at = 0; at < extents.count; at += 1) {
    const first = extents.firsts[at]!;
    const count = extents.counts[at]!;
    const number = extents.packs[at]!;
    const pack: OpenPack | undefined = number === 0 ? own : needed[number - 1];
    if (pack === undefined) throw damaged("the recipe names a pack that is not there");
    if (first + count > pack.segments.count) throw damaged("the recipe names segments that are not there");
    if (pack === own) named.fill(1, first, first + count);
    if (meta.kind === "full" && (pack !== own || first !== next)) throw damaged("the recipe is out of order");
    next += count;
  }
  if (named.includes(0)) throw damaged("segments that no stream names");
}

function resolve(packs: readonly OpenPack[], stream: number, facts: StreamFacts, damaged: (detail: string) => LifeboatError) {
  const { extents } = packs[0]!;
  const packOf = new Uint16Array(facts.segments);
  const segmentOf = new Uint32Array(facts.segments);
  const starts = new Float64Array(facts.segments + 1);
  let filled = 0;
  for (let at = 0; at < extents.count; at += 1) {
    if (extents.streams[at] !== stream) continue;
    const pack = extents.packs[at]!;
    const first = extents.firsts[at]!;
    const end = first + extents.counts[at]!;
    const { rawLengths } = packs[pack]!.segments;
    if (filled + end - first > facts.segments) throw damaged("the recipe is longer than the stream");
    const start = starts[filled]!;
    for (let segment = first; segment < end; segment += 1) {
      packOf[filled] = pack;
      segmentOf[filled] = segment;
      starts[filled + 1] = starts[filled]! + rawLengths[segment]!;
      filled += 1;
    }
    if (starts[filled]! - start !== extents.streamBytes[at]) throw damaged("the segments do not add up to their extent");
  }
  if (filled !== facts.segments || starts[filled] !== facts.bytes) throw damaged("the segments do not add up to the stream");
  return { packOf, segmentOf, starts };
}

/** The root hash over the digests that the packs' tables have for the recipe. */
function rootOf(member: Omit<OpenMember, "stream">): string {
  const root = createRootHash();
  for (let at = 0; at < member.segments; at += 1) {
    const { rawLengths, digests } = member.packs[member.packOf[at]!]!.segments;
    const segment = member.segmentOf[at]!;
    root.update(rawLengths[segment]!, digests.subarray(segment * 32, segment * 32 + 32));
  }
  return root.digest();
}

/** A pack's own segments in their order, as if they were a stream: for looking at every one of them. */
export function packAsMember(pack: OpenPack): OpenMember {
  const { count, rawLengths } = pack.segments;
  const starts = new Float64Array(count + 1);
  for (let at = 0; at < count; at += 1) starts[at + 1] = starts[at]! + rawLengths[at]!;
  const stream = { name: "", bytes: starts[count]!, sha256: "", rootHash: "", segments: count };
  const segmentOf = Uint32Array.from({ length: count }, (_, at) => at);
  return { packs: [pack], stream, segments: count, packOf: new Uint16Array(count), segmentOf, starts };
}

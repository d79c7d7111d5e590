import { expect, it } from "vitest";
import { resolveMember } from "./open-member.ts";
import type { PackMeta } from "./pack-index.ts";
import type { OpenPack } from "./read-pack.ts";
import { createRootHash } from "./segment-table.ts";

const sha = "a".repeat(64);

/** An opened pack of `count` segments of `average` bytes each, of which no frame exists. */
function openedPack(name: string, count: number, average: number, meta: Partial<PackMeta>, extents: OpenPack["extents"]): OpenPack {
  const frameOffsets = new Float64Array(count + 1);
  for (let at = 0; at < count; at += 1) frameOffsets[at + 1] = frameOffsets[at]! + average / 4;
  const digests = new Uint8Array(count * 32);
  const words = new Uint32Array(digests.buffer);
  for (let at = 0; at < count; at += 1) words[at * 8] = at;
  return {
    key: `shop/chn_1/${name}`,
    packBytes: frameOffsets[count]! + 1000,
    frameOffsets,
    extents,
    segments: { count, rawLengths: new Uint32Array(count).fill(average), frameLengths: new Uint32Array(count).fill(average / 4), digests },
    meta: {
      packId: `pck_${name}`,
      backupId: `bkp_${name}`,
      kind: "incremental",
      chain: { chainId: "chn_1", seed: "00".repeat(16), averageSegmentBytes: average },
      streams: [],
      packs: [],
      dependencies: [],
      ...meta,
    },
  };
}

const noExtents = {
  count: 0,
  streams: new Uint32Array(0),
  packs: new Uint32Array(0),
  firsts: new Uint32Array(0),
  counts: new Uint32Array(0),
  streamBytes: new Float64Array(0),
};

/** A member of which every second segment is new, the worst that a recipe can be: as many extents as segments. */
function worstMember(segments: number, average: number) {
  const half = segments / 2;
  const numbers = Array.from({ length: segments }, (_, at) => at);
  const extents = {
    count: segments,
    streams: new Uint32Array(segments),
    packs: Uint32Array.from(numbers, (at) => at % 2),
    firsts: Uint32Array.from(numbers, (at) => at >>> 1),
    counts: new Uint32Array(segments).fill(1),
    streamBytes: new Float64Array(segments).fill(average),
  };
  const full = openedPack("full", half, average, { kind: "full" }, noExtents);
  const root = createRootHash();
  for (let at = 0; at < segments; at += 1) root.update(average, full.segments.digests.subarray((at >>> 1) * 32, (at >>> 1) * 32 + 32));
  const stream = { name: "base", bytes: segments * average, sha256: sha, rootHash: root.digest(), segments };
  const packs = [{ packId: "pck_full", backupId: "bkp_full", bytes: full.packBytes, packSha256: sha }];
  return { own: openedPack("own", half, average, { streams: [stream], packs }, extents), full, stream };
}

it.each([
  ["100 GB", 190_736, 512 * 1024],
  ["the longest chain", 1_048_576, 512 * 1024],
])("resolves the worst recipe of %s into 14 bytes a segment", (_, segments, average) => {
  const { own, full, stream } = worstMember(segments, average);
  const member = resolveMember({ stream }, own, [full]);
  expect(member.packOf.byteLength + member.segmentOf.byteLength + member.starts.byteLength).toBe(14 * segments + 8);
  expect(member.starts[segments]).toBe(stream.bytes);
  expect([member.packOf[0], member.packOf[1], member.segmentOf[segments - 1]]).toEqual([0, 1, segments / 2 - 1]);
  // The root hash goes over the digests that the packs have.
  full.segments.digests[0] = 1;
  expect(() => resolveMember({ stream }, own, [full])).toThrow(/root hash differs/);
});

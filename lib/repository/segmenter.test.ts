import { hash } from "node:crypto";
import { array, assert, asyncProperty, integer, uniqueArray } from "fast-check";
import { describe, expect, it } from "vitest";
import "#lib/testing/property-seed";
import type { StreamChunk } from "../engines/port.ts";
import { createBufferShelf } from "./buffer-shelf.ts";
import { batchSegments } from "./segment-batches.ts";
import { chooseAverageSegmentBytes, gearTable, hasOutgrown, segmentLimits } from "./segmenter.ts";

const seed = "00112233445566778899aabbccddeeff";

/** Reproducible bytes that look random: a test that fails can be run again. */
function noise(length: number, start = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = start >>> 0 || 1;
  for (let at = 0; at < length; at += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state;
  }
  return bytes;
}

async function segment(chunks: StreamChunk[], averageSegmentBytes: number): Promise<{ lengths: number[]; bytes: Uint8Array }> {
  const lengths: number[] = [];
  const parts: Uint8Array[] = [];
  async function* source() {
    yield* chunks;
  }
  for await (const batch of batchSegments(source(), { seed, averageSegmentBytes }, createBufferShelf())) {
    lengths.push(...batch.lengths);
    parts.push(new Uint8Array(batch.buffer, 0, batch.bytes));
  }
  return { lengths, bytes: Buffer.concat(parts) };
}

/** The definition of docs/format.md, written as plainly as possible. */
function referenceLengths(bytes: Uint8Array, averageBytes: number): number[] {
  const gear = gearTable(seed);
  const { minBytes, maxBytes } = segmentLimits(averageBytes);
  const bits = Math.log2(averageBytes);
  const lengths: number[] = [];
  let start = 0;
  while (start < bytes.length) {
    let rolling = 0n;
    let length = Math.min(minBytes, bytes.length - start);
    while (start + length < bytes.length && length < maxBytes) {
      rolling = BigInt.asUintN(32, rolling * 2n + BigInt(gear[bytes[start + length]!]! >>> 0));
      length += 1;
      const topBits = length <= averageBytes ? bits + 2 : bits - 2;
      if (rolling >> BigInt(32 - topBits) === 0n) break;
    }
    lengths.push(length);
    start += length;
  }
  return lengths;
}

describe("the segmenter", () => {
  it("derives the same gear table for everyone", () => {
    expect(Array.from(gearTable(seed).slice(0, 3))).toMatchInlineSnapshot(`
      [
        -1830706187,
        876810753,
        -101940931,
      ]
    `);
    expect(new Set(gearTable(seed)).size).toBe(256);
    expect(gearTable("ff".repeat(16))).not.toEqual(gearTable(seed));
  });

  it("cuts where the published definition cuts", async () => {
    const bytes = noise(300_000);
    expect((await segment([{ bytes, cut: false }], 4096)).lengths).toEqual(referenceLengths(bytes, 4096));
  });

  it("gives the same segments however the chunks fall", async () => {
    const bytes = noise(120_000, 7);
    const whole = await segment([{ bytes, cut: false }], 2048);
    await assert(
      asyncProperty(array(integer({ min: 0, max: 9000 }), { maxLength: 40 }), async (sizes) => {
        const chunks: StreamChunk[] = [];
        let offset = 0;
        for (const size of sizes) {
          chunks.push({ bytes: bytes.subarray(offset, offset + size), cut: false });
          offset = Math.min(bytes.length, offset + size);
        }
        chunks.push({ bytes: bytes.subarray(offset), cut: false });
        const pieces = await segment(chunks, 2048);
        expect(pieces.lengths).toEqual(whole.lengths);
        expect(Buffer.compare(pieces.bytes, bytes)).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  it("gives the same segments with the same cuts, however the chunks fall between them", async () => {
    const bytes = noise(60_000, 9);
    await assert(
      asyncProperty(uniqueArray(integer({ min: 1, max: 59_999 }), { maxLength: 8 }), integer({ min: 1, max: 700 }), async (cuts, step) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const coarse = edges.slice(0, -1).map((from, at) => ({ bytes: bytes.subarray(from, edges[at + 1]), cut: at > 0 }));
        const fine = coarse.flatMap((chunk) =>
          Array.from({ length: Math.ceil(chunk.bytes.length / step) }, (_, at) => ({
            bytes: chunk.bytes.subarray(at * step, (at + 1) * step),
            cut: chunk.cut && at === 0,
          })),
        );
        expect((await segment(fine, 1024)).lengths).toEqual((await segment(coarse, 1024)).lengths);
      }),
      { numRuns: 50 },
    );
  });

  it("keeps every segment within its limits, but the last and those before a cut", async () => {
    const { minBytes, maxBytes } = segmentLimits(65_536);
    const { lengths } = await segment([{ bytes: noise(12_000_000), cut: false }], 65_536);
    const inner = lengths.slice(0, -1);
    expect(Math.min(...inner)).toBeGreaterThan(minBytes);
    expect(Math.max(...inner)).toBeLessThanOrEqual(maxBytes);
    const mean = inner.reduce((sum, length) => sum + length, 0) / inner.length;
    expect(mean).toBeGreaterThan(48_000);
    expect(mean).toBeLessThan(96_000);
    expect(new Set((await segment([{ bytes: new Uint8Array(2_000_000), cut: false }], 65_536)).lengths.slice(0, -1)).size).toBe(1);
  });

  it("begins a segment at a cut, unless the open one is shorter than a sixteenth of the average", async () => {
    const bytes = noise(30_000, 3);
    const at = async (position: number) => {
      const chunks = [
        { bytes: bytes.subarray(0, position), cut: true },
        { bytes: bytes.subarray(position), cut: true },
      ];
      return (await segment(chunks, 65_536)).lengths;
    };
    expect(await at(4096)).toEqual([4096, 30_000 - 4096]);
    expect(await at(4095)).toEqual([30_000]);
  });

  it("finds its way back after an insertion: all but a few segments stay", async () => {
    const bytes = noise(2_000_000, 5);
    const changed = Buffer.concat([bytes.subarray(0, 700_001), Buffer.from("one more row\n"), bytes.subarray(700_001)]);
    const before = await segment([{ bytes, cut: false }], 16_384);
    const after = await segment([{ bytes: changed, cut: false }], 16_384);
    const contents = ({ lengths, bytes: cut }: typeof before) => {
      let offset = 0;
      return lengths.map((length) => hash("sha256", cut.subarray(offset, (offset += length))));
    };
    const kept = new Set(contents(before));
    expect(contents(after).filter((content) => !kept.has(content)).length).toBeLessThan(4);
  });

  it("has no segments for no bytes", async () => {
    expect((await segment([{ bytes: new Uint8Array(0), cut: true }], 65_536)).lengths).toEqual([]);
    expect((await segment([], 65_536)).lengths).toEqual([]);
  });
});

describe("the average segment", () => {
  it("is 64 KiB up to 16 GiB and grows with the stream, up to 2 MiB", () => {
    const gib = 1024 ** 3;
    expect(chooseAverageSegmentBytes(null)).toBe(65_536);
    expect(chooseAverageSegmentBytes(16 * gib)).toBe(65_536);
    expect(chooseAverageSegmentBytes(16 * gib + 1)).toBe(131_072);
    expect(chooseAverageSegmentBytes(100 * gib)).toBe(524_288);
    expect(chooseAverageSegmentBytes(100_000 * gib)).toBe(2 * 1024 * 1024);
  });

  it("must be a power of two that the format knows", () => {
    for (const wrong of [0, 512, 65_535, 4 * 1024 * 1024, Number.NaN, -65_536]) {
      expect(() => segmentLimits(wrong)).toThrow(/format-unknown/);
    }
  });

  it("serves a chain until the stream is four times what its average was chosen for", () => {
    const gibibyte = 2 ** 30;
    expect(hasOutgrown(65_536, 64 * gibibyte)).toBe(false);
    expect(hasOutgrown(65_536, 64 * gibibyte + 1)).toBe(true);
    expect(hasOutgrown(524_288, 512 * gibibyte + 1)).toBe(true);
    expect(hasOutgrown(65_536, null)).toBe(false);
    // A new chain would get the same average.
    expect(hasOutgrown(2 ** 21, 100_000 * gibibyte)).toBe(false);
    // A chain that was begun for its stream is not outgrown.
    for (let bytes = 1; bytes < 2 ** 45; bytes *= 3) expect(hasOutgrown(chooseAverageSegmentBytes(bytes), bytes)).toBe(false);
  });
});

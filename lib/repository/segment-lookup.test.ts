import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createSegmentLookup } from "./segment-lookup.ts";
import { createSegmentTableBuilder } from "./segment-table.ts";

const digestOf = (number: number) => createHash("sha256").update(String(number)).digest();

function lookupOver(digests: readonly Uint8Array[], expected?: number) {
  const table = createSegmentTableBuilder();
  const lookup = createSegmentLookup(table, expected);
  for (const digest of digests) {
    table.addSegment(1, digest, 0);
    lookup.add();
  }
  return lookup;
}

describe("a segment lookup", () => {
  it.each([undefined, 20_000])("finds what was added and nothing else, grown or made for it (%s)", (expected) => {
    const digests = Array.from({ length: 20_000 }, (_, at) => digestOf(at));
    const lookup = lookupOver(digests, expected);
    expect(lookup.count).toBe(20_000);
    for (const [at, digest] of digests.entries()) expect(lookup.find(Buffer.concat([Buffer.alloc(5), digest]), 5)).toBe(at);
    for (let at = 20_000; at < 30_000; at += 1) expect(lookup.find(digestOf(at), 0)).toBe(-1);
  });

  it("compares whole digests: all of these begin alike, or end alike", () => {
    const alike = Array.from({ length: 500 }, (_, at) => {
      const digest = Buffer.alloc(32, 0xff);
      digest.writeUInt16BE(at, 30);
      return digest;
    });
    const other = Array.from({ length: 500 }, (_, at) => {
      const digest = Buffer.alloc(32, 0xff);
      digest.writeUInt16BE(at, 4);
      return digest;
    });
    const lookup = lookupOver([...alike, ...other]);
    for (const [at, digest] of [...alike, ...other].entries()) expect(lookup.find(digest, 0)).toBe(at);
    expect(lookup.find(Buffer.alloc(32, 0xfe), 0)).toBe(-1);
  });

  it("answers the first of several segments with the same content", () => {
    expect(lookupOver([digestOf(1), digestOf(2), digestOf(2), digestOf(1)]).find(digestOf(2), 0)).toBe(1);
  });

  it("has nothing when nothing was added", () => {
    expect(lookupOver([]).find(digestOf(1), 0)).toBe(-1);
  });
});

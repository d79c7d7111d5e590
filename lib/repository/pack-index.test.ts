import { assert, integer, property, tuple, uint8Array } from "fast-check";
import { describe, expect, it } from "vitest";
import { LifeboatError } from "#lib/domain/error";
import "#lib/testing/property-seed";
import { decodeFooter, encodeFooter, footerBytes } from "./pack-footer.ts";
import { decodeIndex, encodeIndex, type PackIndex } from "./pack-index.ts";

const sha = "a".repeat(64);

/** A chain member with two streams, so that every part of the format has content. */
const member: PackIndex = {
  meta: {
    packId: "pck_2",
    backupId: "bkp_2",
    kind: "incremental",
    chain: { chainId: "chn_1", seed: "00112233445566778899aabbccddeeff", averageSegmentBytes: 65_536 },
    streams: [
      { name: "base", bytes: 600, sha256: sha, rootHash: sha, segments: 3 },
      { name: "wal", bytes: 100, sha256: sha, rootHash: sha, segments: 1 },
    ],
    packs: [{ packId: "pck_1", backupId: "bkp_1", bytes: 5_000_000_000, packSha256: sha }],
    dependencies: [{ backupId: "bkp_1", reason: "packs" }],
  },
  segments: {
    count: 2,
    rawLengths: Uint32Array.of(200, 100),
    frameLengths: Uint32Array.of(80, 60),
    digests: new Uint8Array(64).fill(7),
  },
  extents: {
    count: 3,
    streams: Uint32Array.of(0, 0, 1),
    packs: Uint32Array.of(1, 0, 0),
    firsts: Uint32Array.of(4_000_000_000, 0, 1),
    counts: Uint32Array.of(2, 1, 1),
    streamBytes: Float64Array.of(2 ** 32 + 400, 200, 100),
  },
};

function codeOf(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof LifeboatError) return error.code;
    throw error;
  }
}

describe("a pack's index", () => {
  it("holds recipes over several packs and streams", () => {
    expect(decodeIndex(encodeIndex(member), "k")).toEqual(member);
  });

  it("is read from any place in memory", () => {
    const bytes = encodeIndex(member);
    const shifted = Buffer.concat([Buffer.from([0]), bytes]).subarray(1);
    expect(decodeIndex(shifted, "k")).toEqual(member);
  });

  it("passes over a section that is not critical and refuses one that is", () => {
    const section = Buffer.alloc(24);
    section.writeUInt32LE(99, 0);
    section.writeBigUInt64LE(3n, 8);
    expect(decodeIndex(Buffer.concat([encodeIndex(member), section]), "k")).toEqual(member);
    section.writeUInt32LE(0x8000_0063, 0);
    expect(codeOf(() => decodeIndex(Buffer.concat([encodeIndex(member), section]), "k"))).toBe("format-unknown");
  });

  it("is refused with a reason, whatever was changed in it", () => {
    const bytes = encodeIndex(member);
    assert(
      property(integer({ min: 0, max: bytes.length - 1 }), uint8Array({ minLength: 1, maxLength: 12 }), (at, noise) => {
        const changed = Buffer.from(bytes);
        changed.set(noise.subarray(0, changed.length - at), at);
        expect([null, "pack-damaged", "format-unknown"]).toContain(codeOf(() => decodeIndex(changed, "k")));
      }),
      { numRuns: 2000 },
    );
    for (let cut = 0; cut < bytes.length - 8; cut += 1) {
      expect(codeOf(() => decodeIndex(bytes.subarray(0, cut), "k"))).toMatch(/pack-damaged|format-unknown/);
    }
  });
});

describe("a pack's footer", () => {
  const footer = { indexOffset: 108, indexBytes: 900, indexSha256: sha, packBytes: 108 + 900 + footerBytes };

  it("comes back as it was written", () => {
    expect(encodeFooter(footer)).toHaveLength(footerBytes);
    expect(decodeFooter(encodeFooter(footer), "k", footer.packBytes)).toEqual(footer);
  });

  it("is refused after any change of one bit", () => {
    assert(
      property(tuple(integer({ min: 0, max: footerBytes - 1 }), integer({ min: 0, max: 7 })), ([at, bit]) => {
        const bytes = encodeFooter(footer);
        bytes[at] = bytes[at]! ^ (1 << bit);
        expect(codeOf(() => decodeFooter(bytes, "k", footer.packBytes))).toBe("pack-damaged");
      }),
      { numRuns: 500 },
    );
  });

  it("says when the pack was longer once, or is longer now", () => {
    expect(codeOf(() => decodeFooter(encodeFooter(footer), "k", footer.packBytes - 1))).toBe("pack-truncated");
    expect(codeOf(() => decodeFooter(encodeFooter(footer), "k", footer.packBytes + 1))).toBe("pack-damaged");
  });
});

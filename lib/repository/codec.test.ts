import { createHash } from "node:crypto";
import { zstdDecompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type CompressedBatch, compressBatch, decodeBatch, type DecodedBatch, hashBatch } from "./codec.ts";

const segments = [Buffer.from("first segment\n".repeat(900)), Buffer.from([7]), Buffer.from("third\tsegment\n".repeat(2000))];

function compressed(): CompressedBatch {
  const bytes = Buffer.concat(segments);
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  return compressBatch({ kind: "compress", buffer, lengths: Uint32Array.from(segments, (each) => each.length), level: 3 });
}

/** Decodes what was compressed, with something changed on the way. */
function decoded(change: (stored: Uint8Array, rawLengths: Uint32Array, digests: Uint8Array) => void = () => undefined): DecodedBatch {
  const { frames, frameLengths, digests } = compressed();
  const rawLengths = Uint32Array.from(segments, (each) => each.length);
  change(frames, rawLengths, digests);
  return decodeBatch({ kind: "decode", buffer: frames.buffer, frameLengths, rawLengths, digests });
}

describe("a batch of segments", () => {
  it("becomes one frame a segment, each decodable by itself, with the segment's SHA-256", () => {
    const { frames, frameLengths, digests } = compressed();
    let from = 0;
    for (const [at, segment] of segments.entries()) {
      const frame = frames.subarray(from, (from += frameLengths[at] ?? 0));
      expect(zstdDecompressSync(frame).equals(segment)).toBe(true);
      // Frame header descriptor (RFC 8878, 3.1.1.1.1): the content checksum flag is set.
      expect((frame[4] ?? 0) & 0b100).toBe(0b100);
      expect(Buffer.from(digests.subarray(at * 32, at * 32 + 32)).equals(createHash("sha256").update(segment).digest())).toBe(true);
    }
    expect(from).toBe(frames.length);
  });

  it("is hashed without being compressed, and compressed in part without being hashed", () => {
    const bytes = Buffer.concat(segments);
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
    const all = compressed();
    const hashed = hashBatch({ kind: "hash", buffer, lengths: Uint32Array.from(segments, (each) => each.length) });
    expect(hashed).toEqual({ raw: buffer, digests: all.digests });
    const offsets = Uint32Array.of(0, segments[0]!.length + 1);
    const lengths = Uint32Array.of(segments[0]!.length, segments[2]!.length);
    const some = compressBatch({ kind: "compress", buffer, offsets, lengths, level: 3 });
    const [first = 0, second = 0, third = 0] = all.frameLengths;
    expect(some.frameLengths).toEqual(Uint32Array.of(first, third));
    expect(Buffer.from(some.frames)).toEqual(Buffer.concat([all.frames.subarray(0, first), all.frames.subarray(first + second)]));
    expect(some.digests).toHaveLength(0);
  });

  it("comes back whole", () => {
    const { raw, failure } = decoded();
    expect(failure).toBeNull();
    expect(Buffer.from(raw).equals(Buffer.concat(segments))).toBe(true);
  });

  it("ends before a frame that is damaged, and says which and why", () => {
    const { frameLengths } = compressed();
    const { raw, failure } = decoded((stored) => {
      const at = (frameLengths[0] ?? 0) + (frameLengths[1] ?? 0) + 10;
      stored[at] = (stored[at] ?? 0) ^ 1;
    });
    expect(failure).toMatchObject({ at: 2, detail: expect.stringMatching(/^ZSTD_error_|^ERR_/) });
    expect(Buffer.from(raw).equals(Buffer.concat(segments.slice(0, 2)))).toBe(true);
  });

  it("does not believe a frame that is whole but not the one that was stored", () => {
    const { failure } = decoded((_stored, _rawLengths, digests) => void (digests[32] = (digests[32] ?? 0) ^ 1));
    expect(failure).toEqual({ at: 1, detail: "SHA-256 of the segment differs" });
  });

  it.each([
    [1, /^ERR_BUFFER_TOO_LARGE$/],
    [-1, /^12600 bytes decoded, 12601 expected$/],
  ])("notices a segment that is %i bytes longer than recorded", (longer, detail) => {
    const { failure } = decoded((_stored, rawLengths) => void (rawLengths[0] = 12_600 - longer));
    expect(failure).toEqual({ at: 0, detail: expect.stringMatching(detail) });
  });
});

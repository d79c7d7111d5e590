import { randomBytes } from "node:crypto";
import { pipeline } from "node:stream/promises";
import { constants, createZstdDecompress, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { unwrap } from "./open-import.ts";
import { zstdFrames } from "./zstd-frames.ts";

const bound = { path: "/", freeBytes: () => Promise.resolve(Infinity) };
const checksum = { params: { [constants.ZSTD_c_checksumFlag]: 1 } };
/** `0x184D2A5?`, a length and as many bytes of anybody's. */
const skippable = (size: number) => {
  const head = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]);
  head.writeUInt32LE(size, 4);
  return Buffer.concat([head, randomBytes(size)]);
};

async function* inPieces(bytes: Buffer, size: number): AsyncIterable<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function unpacked(bytes: Buffer, size = 1_000_000): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of unwrap(inPieces(bytes, size), "zstd", bound)) pieces.push(piece);
  return Buffer.concat(pieces);
}

describe("a zstd file of several frames", () => {
  const schema = Buffer.from("create table t (a int);\n");
  const rows = Buffer.from("insert into t values (1);\n".repeat(20_000));
  const noise = randomBytes(300_000);

  it.each([1, 7, 4096, 1_000_000])("is read to the end of the last one in pieces of %i bytes", async (size) => {
    const both = Buffer.concat([zstdCompressSync(schema), zstdCompressSync(rows, checksum)]);
    expect((await unpacked(both, size)).equals(Buffer.concat([schema, rows]))).toBe(true);
  });

  it("may have frames in it that are to be skipped, empty ones, and ones that nothing could compress", async () => {
    const all = [skippable(0), zstdCompressSync(noise, checksum), skippable(9), zstdCompressSync(Buffer.alloc(0)), zstdCompressSync(rows)];
    expect((await unpacked(Buffer.concat([...all, skippable(70_000)]), 4096)).equals(Buffer.concat([noise, rows]))).toBe(true);
  });

  it.each([
    ["bytes that are no frame", Buffer.from("garbage")],
    ["zeros", Buffer.alloc(512)],
    ["a frame that is cut", zstdCompressSync(noise).subarray(0, -1)],
    ["a beginning of a frame", zstdCompressSync(noise).subarray(0, 3)],
    ["a cut frame to be skipped", skippable(100).subarray(0, 50)],
  ])("is cut where %s follow", async (_what, more) => {
    for (const size of [5, 1_000_000])
      await expect(unpacked(Buffer.concat([zstdCompressSync(rows), more]), size)).rejects.toMatchObject({ code: "stream-cut" });
  });

  it("goes through any decoder, which is given no piece that reaches into the next frame", async () => {
    const pieces: Buffer[] = [];
    const take = async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) pieces.push(chunk);
    };
    const frames = Array.from({ length: 500 }, (_, nth) => zstdCompressSync(Buffer.from(`${nth}\n`)));
    await pipeline(inPieces(Buffer.concat(frames), 1000), zstdFrames, createZstdDecompress(), take);
    expect(Buffer.concat(pieces).toString()).toBe(Array.from({ length: 500 }, (_, nth) => `${nth}\n`).join(""));
  });
});

import { createHash } from "node:crypto";
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync, zstdCompressSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { blockBlobs, blockData, copyEnd } from "./archive-format.ts";
import { readCompressedData } from "./foreign-data.ts";
import type { ForeignEntry, ForeignToc } from "./foreign-toc.ts";

// Data parts of archives made by hand, as pg_backup_custom.c writes them: what pg_dump never writes can be tried, too.
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lifeboat-foreign-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const int = (value: number) => {
  const bytes = Buffer.alloc(5);
  bytes[0] = value < 0 ? 1 : 0;
  bytes.writeUInt32LE(Math.abs(value), 1);
  return bytes;
};
const rows = "1\tone\n2\ttwo\n3\tthree\n";
const table = Buffer.concat([Buffer.from(rows), copyEnd]);
const chunked = (bytes: Buffer, size = bytes.length) => {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    parts.push(int(piece.length), piece);
  }
  return Buffer.concat([...parts, int(0)]);
};
const block = (kind: number, dumpId: number, body: Buffer) => Buffer.concat([Buffer.of(kind), int(dumpId), body]);
const entry = (dumpId: number, change: Partial<ForeignEntry> = {}): ForeignEntry => ({
  dumpId,
  hasData: true,
  tag: "pets",
  description: "TABLE DATA",
  namespace: "public",
  owner: "",
  definition: "",
  copy: "COPY public.pets (id, name) FROM stdin;\n",
  tablespace: "",
  ...change,
});

async function read(data: Buffer, change: Partial<ForeignToc> = {}, signal = new AbortController().signal) {
  const path = join(folder, "archive.dump");
  await writeFile(path, Buffer.concat([Buffer.from("head"), data]));
  const file = await open(path);
  const toc = {
    compression: "gzip",
    database: "",
    serverVersion: "",
    toolVersion: "",
    entries: [entry(7)],
    dataOffset: 4,
    ...change,
  } as const;
  try {
    return await readCompressedData(file, toc, signal);
  } finally {
    await file.close();
  }
}

const cut = (detail: RegExp | string) => ({ code: "stream-cut", params: { detail: expect.stringMatching(detail) as string } });
const sha256 = createHash("sha256").update(rows).digest("hex");

describe("the data of an archive from elsewhere", () => {
  it.each([
    ["gzip", deflateSync(table)],
    ["zstd", zstdCompressSync(table)],
  ] as const)("is read and counted where it is compressed with %s, however it is cut into chunks", async (compression, packed) => {
    for (const size of [packed.length, 3]) {
      const found = await read(block(blockData, 7, chunked(packed, size)), { compression });
      expect(found).toEqual([{ dumpId: 7, rows: 3, bytes: Buffer.byteLength(rows), sha256 }]);
    }
  });

  it("passes over large objects, over INSERT statements, and over what cannot be unpacked here", async () => {
    const objects = Buffer.concat([int(16_400), chunked(deflateSync(Buffer.from("a"))), int(16_401), chunked(Buffer.from("b")), int(0)]);
    const entries = [entry(7), entry(8, { description: "BLOBS", copy: "" }), entry(9, { copy: "" })];
    const data = [
      block(blockBlobs, 8, objects),
      block(blockData, 9, chunked(Buffer.from("x"))),
      block(blockData, 7, chunked(deflateSync(table))),
    ];
    expect(await read(Buffer.concat(data), { entries })).toMatchObject([{ dumpId: 7, rows: 3 }]);
    expect(await read(block(blockData, 7, chunked(Buffer.from("lz4"))), { compression: "lz4" })).toEqual([]);
  });

  it.each([
    ["ends inside a chunk", block(blockData, 7, Buffer.concat([int(100), Buffer.from("short")])), /ends inside/],
    ["has a length that is negative", block(blockData, 7, Buffer.concat([int(-5), int(0)])), /length that cannot be/],
    ["has a block of another kind", block(9, 7, chunked(deflateSync(table))), /unknown kind/],
    ["has a block that its table of contents does not know", block(blockData, 6, chunked(deflateSync(table))), /unknown kind/],
    ["lacks a part", Buffer.alloc(0), /1 of its parts are missing/],
    ["cannot be unpacked", block(blockData, 7, chunked(Buffer.from("no zlib at all"))), /cannot be unpacked/],
    ["stops before its end mark", block(blockData, 7, chunked(deflateSync(Buffer.from(rows)))), /no end/],
    ["is cut in the middle of what is packed", block(blockData, 7, chunked(deflateSync(table).subarray(0, 9))), /cannot be unpacked/],
  ])("is refused when it %s", async (_, data, detail) => {
    await expect(read(data)).rejects.toMatchObject(cut(detail));
  });

  it("stops when it is told to", async () => {
    const stopped = AbortSignal.abort(new Error("enough"));
    await expect(read(block(blockData, 7, chunked(deflateSync(table))), {}, stopped)).rejects.toThrow("enough");
  });
});

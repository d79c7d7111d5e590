import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { StreamChunk } from "../engines/port.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { openChainBase } from "./chain-base.ts";
import { editOnce, seededRandom } from "./chain-fixture.ts";
import { type CodecPool, createCodecPool } from "./codec-pool.ts";
import { fixtureChain, inChunks, rowsOf, type StoredPack, storePack } from "./pack-fixture.ts";
import type { PackRef } from "./port.ts";
import { type OpenPack, openPack } from "./read-pack.ts";
import { writePack } from "./write-pack.ts";

const pool = createCodecPool({ threads: 2 });
const { signal } = new AbortController();
const averageSegmentBytes = 4096;
let root = "";
beforeEach(async () => {
  root = await temporaryFolder();
});
afterAll(() => pool.close());

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const store = (name: string, bytes: Uint8Array, base: readonly PackRef[] | null) =>
  storePack({ root, name, bytes, pool, base, averageSegmentBytes });

/** The definition of docs/format.md, as plainly as possible: every extent's frames, one after the other. */
async function rebuild({ storage, pack, written }: StoredPack): Promise<Buffer> {
  const open = async (key: string) => ({ pack: await openPack(storage, key), bytes: readFileSync(join(root, key)) });
  const packs = [await open(pack.key)];
  for (const need of written.needs) packs.push(await open(need.key));
  const { extents } = packs[0]!.pack;
  const parts: Buffer[] = [];
  for (let at = 0; at < extents.count; at += 1) {
    const { pack: from, bytes } = packs[extents.packs[at]!]!;
    let length = 0;
    for (let segment = extents.firsts[at]!; segment < extents.firsts[at]! + extents.counts[at]!; segment += 1) {
      const part = zstdDecompressSync(bytes.subarray(from.frameOffsets[segment], from.frameOffsets[segment + 1]));
      length += part.length;
      parts.push(part);
    }
    expect(extents.streamBytes[at]).toBe(length);
  }
  return Buffer.concat(parts);
}

const indexOf = ({ storage, pack }: StoredPack): Promise<OpenPack> => openPack(storage, pack.key);

describe("a member", () => {
  it("stores what its base has not, and names the rest", async () => {
    const before = rowsOf(600_000);
    const after = Buffer.concat([before.subarray(0, 300_000), Buffer.from("a new row\n"), before.subarray(300_000)]);
    const full = await store("1", before, null);
    const member = await store("2", after, [full.pack]);
    expect((await rebuild(member)).equals(after)).toBe(true);
    expect(member.stream).toMatchObject({ bytes: after.length, sha256: sha256(after) });
    expect(member.written.newSegments).toBeLessThan(6);
    expect(member.pack.bytes).toBeLessThan(full.pack.bytes / 20);
    const { meta, extents, segments } = await indexOf(member);
    expect(meta.kind).toBe("incremental");
    expect(meta.packs).toEqual([{ packId: "pck_1", backupId: "bkp_1", bytes: full.pack.bytes, packSha256: full.pack.packSha256 }]);
    expect(meta.dependencies).toEqual([{ backupId: "bkp_1", reason: "packs" }]);
    expect(meta.streams[0]).toEqual(member.stream);
    expect(segments.count).toBe(member.written.newSegments);
    expect([...extents.packs.subarray(0, extents.count)]).toEqual([1, 0, 1]);
  });

  it("of an unchanged stream is an index of one extent without a frame, even when segments repeat", async () => {
    const part = rowsOf(200_000);
    const bytes = Buffer.concat([part, new Uint8Array(200_000), part, new Uint8Array(100_000), part]);
    const full = await store("1", bytes, null);
    const member = await store("2", bytes, [full.pack]);
    const { segments, extents } = await indexOf(member);
    expect(segments.count).toBe(0);
    expect(extents).toMatchObject({ count: 1, counts: Uint32Array.of(full.stream.segments), streamBytes: Float64Array.of(bytes.length) });
    expect(member.stream).toEqual(full.stream);
    expect(member.written.needs).toEqual([{ ...full.pack, readBytes: (await indexOf(full)).frameOffsets.at(-1), ranges: 1 }]);
    expect((await rebuild(member)).equals(bytes)).toBe(true);
  });

  it("refers to itself for what it has twice", async () => {
    const full = await store("1", rowsOf(50_000), null);
    const fresh = rowsOf(300_000, 77);
    const once = await store("2", fresh, [full.pack]);
    const bytes = Buffer.concat([fresh, fresh, fresh, new Uint8Array(500_000)]);
    const member = await store("3", bytes, [full.pack]);
    expect((await rebuild(member)).equals(bytes)).toBe(true);
    expect(member.pack.bytes).toBeLessThan(once.pack.bytes * 1.2);
    expect(member.written.needs).toEqual([]);
    expect((await indexOf(member)).meta).toMatchObject({ packs: [], dependencies: [] });
  });

  it.each([
    ["an empty stream over a full", rowsOf(100_000), Buffer.alloc(0)],
    ["a stream over an empty full", Buffer.alloc(0), rowsOf(100_000)],
    ["an empty stream over an empty full", Buffer.alloc(0), Buffer.alloc(0)],
    ["a stream of one segment", rowsOf(700), rowsOf(700)],
    ["another stream of one segment", rowsOf(700), rowsOf(700, 5)],
  ])("can be %s", async (_what, before, after) => {
    const full = await store("1", before, null);
    const member = await store("2", after, [full.pack]);
    expect((await rebuild(member)).equals(after)).toBe(true);
    expect(member.stream).toMatchObject({ bytes: after.length, sha256: sha256(after) });
    expect(member.written.needs).toHaveLength(before.equals(after) && after.length > 0 ? 1 : 0);
  });

  it("names exactly the packs that it uses, in the order of its base, with the bytes and ranges to be read", async () => {
    const parts = [1, 2, 3, 4].map((start) => rowsOf(150_000, start * 1000));
    const packs: StoredPack[] = [];
    for (const [at, part] of parts.entries()) packs.push(await store(String(at), part, at === 0 ? null : [packs[0]!.pack]));
    const bytes = Buffer.concat([parts[3]!, parts[1]!.subarray(0, 70_000), parts[1]!.subarray(90_000), parts[3]!]);
    const member = await store(
      "9",
      bytes,
      packs.map(({ pack }) => pack),
    );
    expect((await rebuild(member)).equals(bytes)).toBe(true);
    const { needs } = member.written;
    expect(needs.map(({ packId }) => packId)).toEqual(["pck_1", "pck_3"]);
    expect((await indexOf(member)).meta.packs.map(({ packId }) => packId)).toEqual(["pck_1", "pck_3"]);
    // Read once however often it is named; the end of the first part falls into the next segment of the new stream.
    const { frameOffsets } = await indexOf(packs[3]!);
    expect(needs[1]!.ranges).toBe(1);
    expect(needs[1]!.readBytes).toBeGreaterThan(frameOffsets.at(-1)! * 0.9);
    expect(needs[1]!.readBytes).toBeLessThanOrEqual(frameOffsets.at(-1)!);
    expect(needs[0]!.ranges).toBe(2);
    expect(needs[0]!.readBytes).toBeLessThan((await indexOf(packs[1]!)).frameOffsets.at(-1)! * 0.97);
  });

  it("is the same however many threads there are and however its bytes arrive", async () => {
    const random = seededRandom(11);
    const before = rowsOf(4_000_000);
    let after: Buffer = before;
    for (let edit = 0; edit < 30; edit += 1) after = editOnce(after, random);
    const full = await store("1", before, null);
    const one = createCodecPool({ threads: 1 });
    try {
      const write = (name: string, size: number, threads: CodecPool) =>
        storePack({ root, name, bytes: inChunks(after, size), pool: threads, base: [full.pack], averageSegmentBytes });
      const members = [await write("a", 65_536, pool), await write("b", 1_000_003, one), await write("c", 9_001, pool)];
      const recipes = await Promise.all(members.map(async (member) => (await indexOf(member)).extents));
      const frames = await Promise.all(
        members.map(async (member) => sha256(readFileSync(member.path).subarray(0, (await indexOf(member)).frameOffsets.at(-1)))),
      );
      expect(members[0]!.written.newSegments).toBeGreaterThan(30);
      expect(new Set(frames).size).toBe(1);
      expect(recipes[1]).toEqual(recipes[0]);
      expect(recipes[2]).toEqual(recipes[0]);
      expect((await rebuild(members[0]!)).equals(after)).toBe(true);
    } finally {
      await one.close();
    }
  });
});

describe("writing a member", () => {
  const request = async (base: readonly PackRef[], chunks: AsyncIterable<StreamChunk>, average = averageSegmentBytes) => {
    const full = await store("0", rowsOf(10), null);
    return {
      storage: full.storage,
      key: "shop/chn_1/new.dump.zst",
      packId: "pck_n",
      backupId: "bkp_n",
      kind: "incremental" as const,
      base: await openChainBase(full.storage, base, signal),
      chain: { ...fixtureChain, averageSegmentBytes: average },
      token: "run_1.1",
      streamName: "base",
      chunks,
      signal,
      onProgress: () => undefined,
    };
  };

  it("over packs of another average is refused before a byte is read", async () => {
    const full = await store("1", rowsOf(10_000), null);
    const never: AsyncIterable<StreamChunk> = {
      [Symbol.asyncIterator]: () => {
        throw new Error("it was read");
      },
    };
    const error = await writePack(await request([full.pack], never, 8192), { pool }).catch((each: unknown) => each);
    expect(error).toMatchObject({ code: "pack-damaged", params: { key: full.pack.key } });
  });

  it("leaves no file when the source fails, and throws the source's own error", async () => {
    const full = await store("1", rowsOf(3_000_000), null);
    const failure = new Error("the tool died");
    async function* dying() {
      yield* inChunks(Buffer.concat([rowsOf(3_000_000), rowsOf(3_000_000, 6)]));
      throw failure;
    }
    await expect(writePack(await request([full.pack], dying()), { pool })).rejects.toBe(failure);
    expect(await readdir(join(root, ".incoming"))).toEqual([]);
  });

  it("fails with the threads' error when they end", async () => {
    const full = await store("1", rowsOf(30_000), null);
    const ended = createCodecPool({ threads: 1 });
    async function* closing() {
      yield* inChunks(rowsOf(2_500_000));
      await ended.close();
      yield* inChunks(rowsOf(9_000_000, 3));
    }
    await expect(writePack(await request([full.pack], closing()), { pool: ended })).rejects.toThrow(/codec/);
    expect(await readdir(join(root, ".incoming"))).toEqual([]);
  });
});

import { createHash } from "node:crypto";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, describe, expect, it } from "vitest";
import { LifeboatError } from "#lib/domain/error";
import { createLocalStorage } from "../storage/local/local-storage.ts";
import type { Storage } from "../storage/port.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { indexSegments, loadedBase, maxBaseSegments, openChainBase } from "./chain-base.ts";
import { createCodecPool } from "./codec-pool.ts";
import { encodeFooter, footerBytes, indexFrameMagic, skippableHeader } from "./pack-footer.ts";
import { fixtureChain, rowsOf, storeFull, storePack, tamper } from "./pack-fixture.ts";
import { encodeIndex } from "./pack-index.ts";
import type { PackRef } from "./port.ts";
import { chooseAverageSegmentBytes } from "./segmenter.ts";

const pool = createCodecPool({ threads: 2 });
const { signal } = new AbortController();
afterAll(() => pool.close());

const mebibyte = 1024 * 1024;
const sha = "a".repeat(64);

async function codeOf(work: Promise<unknown>): Promise<string | null> {
  return work.then(
    () => null,
    (error: unknown) => (error instanceof LifeboatError ? error.code : String(error)),
  );
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Bytes that array buffers hold when those that nobody holds are gone; freeing them goes on after a collection. */
async function heldBytes(): Promise<number> {
  for (let round = 0; round < 4; round += 1) {
    collectGarbage();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage().arrayBuffers;
}

/** Digests as a hash makes them, reproducible. */
function digestsOf(count: number): Uint8Array {
  const digests = Buffer.alloc(count * 32);
  for (let at = 0; at < count; at += 4) {
    const block = createHash("sha512").update(String(at)).digest();
    for (let each = at; each < Math.min(at + 4, count); each += 1) {
      block.copy(digests, each * 32, 0, 32);
      digests.writeUInt32BE(Math.imul(each, 2_654_435_761) >>> 0, each * 32);
      digests.writeUInt32BE(each, each * 32 + 4);
    }
  }
  return digests;
}

/** A full of `count` segments of which only the end exists: its index and its footer. */
function packWithoutFrames(count: number, averageSegmentBytes: number): { storage: Storage; ref: PackRef } {
  const frameLength = averageSegmentBytes / 4;
  const frames = count * frameLength;
  const stream = { name: "base", bytes: count * averageSegmentBytes, sha256: sha, rootHash: sha, segments: count };
  const index = encodeIndex({
    meta: {
      packId: "pck_1",
      backupId: "bkp_1",
      kind: "full",
      chain: { ...fixtureChain, averageSegmentBytes },
      streams: [stream],
      packs: [],
      dependencies: [],
    },
    segments: {
      count,
      rawLengths: new Uint32Array(count).fill(averageSegmentBytes),
      frameLengths: new Uint32Array(count).fill(frameLength),
      digests: digestsOf(count),
    },
    extents: {
      count: 1,
      streams: Uint32Array.of(0),
      packs: Uint32Array.of(0),
      firsts: Uint32Array.of(0),
      counts: Uint32Array.of(count),
      streamBytes: Float64Array.of(stream.bytes),
    },
  });
  const packBytes = frames + 8 + index.length + footerBytes;
  const indexSha256 = createHash("sha256").update(index).digest("hex");
  const footer = encodeFooter({ indexOffset: frames + 8, indexBytes: index.length, indexSha256, packBytes });
  const end = Buffer.concat([skippableHeader(indexFrameMagic, index.length), index, footer]);
  const storage: Storage = {
    ...createLocalStorage({ root: "/nowhere" }),
    stat: (key) => Promise.resolve({ key, bytes: packBytes }),
    readRange: (_key, offset, length) => Promise.resolve(new Uint8Array(end.subarray(offset - frames, offset - frames + length))),
  };
  const facts = { bytes: packBytes, packSha256: sha, storedBytes: packBytes, storedSha256: sha };
  return { storage, ref: { packId: "pck_1", backupId: "bkp_1", key: "shop/chn_1/shop.dump.zst", ...facts } };
}

describe("a base", () => {
  it("knows every segment of its packs, by pack and number", async () => {
    const root = await temporaryFolder();
    const full = await storeFull({ root, bytes: rowsOf(400_000), pool, averageSegmentBytes: 4096 });
    const next = await storePack({ root, name: "2", bytes: rowsOf(300_000, 9), pool, averageSegmentBytes: 4096, base: [full.pack] });
    const base = loadedBase(await openChainBase(full.storage, [full.pack, next.pack], signal));
    expect(base.packs.map((pack) => pack.packId)).toEqual(["pck_1", "pck_2"]);
    expect(base.segments).toBe(full.written.newSegments + next.written.newSegments);
    expect(base.packOf(base.firsts[1]! - 1)).toBe(0);
    expect(base.packOf(base.firsts[1]!)).toBe(1);
    expect(base.firsts[2]).toBe(base.segments);
  });

  it("is refused with the reason when a pack is missing, cut, damaged, another one or of another average", async () => {
    const root = await temporaryFolder();
    const full = await storeFull({ root, bytes: rowsOf(400_000), pool, averageSegmentBytes: 4096 });
    const wide = await storePack({ root, name: "9", bytes: rowsOf(400_000), pool, averageSegmentBytes: 8192, base: null });
    const open = (...packs: PackRef[]) => codeOf(openChainBase(full.storage, packs, signal));
    expect(await open(full.pack)).toBeNull();
    expect(await open({ ...full.pack, key: "shop/chn_1/gone.dump.zst" })).toBe("pack-missing");
    expect(await open({ ...full.pack, storedBytes: full.pack.storedBytes + 1 })).toBe("pack-truncated");
    expect(await open({ ...full.pack, packId: "pck_7" })).toBe("pack-damaged");
    expect(await open(full.pack, wide.pack)).toBe("pack-damaged");
    await tamper(full.path, (bytes) => {
      bytes[full.pack.bytes - 200] = bytes[full.pack.bytes - 200]! ^ 1;
      return bytes;
    });
    expect(await open(full.pack)).toBe("pack-damaged");
    await rename(wide.path, join(root, full.pack.key));
    expect(await open({ ...full.pack, storedBytes: wide.pack.storedBytes })).toBe("pack-damaged");
  });

  it("stops when it is told to", async () => {
    const full = await storeFull({ root: await temporaryFolder(), bytes: rowsOf(1000), pool });
    await expect(openChainBase(full.storage, [full.pack], AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
  });

  // docs/format.md, "Limits and memory": what a worker of 300 MiB has left beside a running backup.
  it.each([
    ["a stream of 100 GB", Math.ceil(1e11 / chooseAverageSegmentBytes(1e11)), 10],
    ["such a chain at its end, the stream grown to four times what its average was chosen for", 4 * 262_144, 50],
  ])("of %s fits into memory, and finds what it has", async (_what, segments, mostMebibytes) => {
    const { storage, ref } = packWithoutFrames(segments, chooseAverageSegmentBytes(1e11));
    const before = await heldBytes();
    const base = loadedBase(await openChainBase(storage, [ref], signal));
    const held = (await heldBytes()) - before;
    expect(base.segments).toBe(segments);
    expect(held).toBeGreaterThan(segments * 36);
    expect(held).toBeLessThan(mostMebibytes * mebibyte);
    expect(held / segments).toBeLessThan(56);
    const digests = digestsOf(segments);
    for (let at = 0; at < segments; at += 1) if (base.find(digests, at * 32) !== at) throw new Error(`segment ${at} was not found`);
    for (let at = 0; at + 33 < 32_000; at += 1)
      if (at % 32 !== 0 && base.find(digests, at) !== -1) throw new Error(`found something at ${at}`);
  });

  it("is refused when its index would not fit into memory", async () => {
    const { storage, ref } = packWithoutFrames(maxBaseSegments / 4 + 1, 65_536);
    const packs = [ref, ref, ref, ref];
    const error = await openChainBase(storage, packs, signal).catch((each: unknown) => each);
    expect(error).toMatchObject({ code: "chain-too-large", params: { segments: maxBaseSegments + 4 } });
  });

  it("does not keep the tail of a pack in memory for a few segments", async () => {
    const root = await temporaryFolder();
    const refs: PackRef[] = [];
    for (let at = 0; at < 20; at += 1) {
      refs.push((await storePack({ root, name: String(at), bytes: rowsOf(100_000, at + 1), pool, base: null })).pack);
    }
    const before = await heldBytes();
    const base = await openChainBase(createLocalStorage({ root }), refs, signal);
    expect((await heldBytes()) - before).toBeLessThan(100_000);
    expect(base.packs).toHaveLength(20);
  });

  it("lies over any number of tables, empty ones too", () => {
    const table = (count: number, start: number) => ({
      count,
      rawLengths: new Uint32Array(count).fill(10),
      frameLengths: new Uint32Array(count).fill(5),
      digests: digestsOf(start + count).subarray(start * 32),
    });
    const ref = packWithoutFrames(1, 65_536).ref;
    const parts = [table(0, 0), table(3, 0), table(0, 0), table(5, 3)];
    const base = indexSegments(
      fixtureChain,
      parts.map((segments) => ({ ref, segments })),
    );
    const digests = digestsOf(8);
    expect(Array.from({ length: 8 }, (_, at) => base.packOf(base.find(digests, at * 32)))).toEqual([1, 1, 1, 3, 3, 3, 3, 3]);
    expect(base.equals(8, digests, 0)).toBe(false);
  });
});

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, asyncProperty, constantFrom, integer, oneof, tuple, uint8Array } from "fast-check";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { LifeboatError } from "#lib/domain/error";
import "#lib/testing/property-seed";
import type { StreamChunk } from "../engines/port.ts";
import { createLocalStorage } from "../storage/local/local-storage.ts";
import { createCodecPool } from "./codec-pool.ts";
import { openStoredBackup, openStoredPack } from "./open-stored-backup.ts";
import { openPack } from "./read-pack.ts";
import { rereadPack } from "./reread-pack.ts";
import { spoolStream } from "./spool-stream.ts";
import { inChunks, rowsOf, storeFull } from "./pack-fixture.ts";
import { verifyMember } from "./verify-member.ts";
import { writePack } from "./write-pack.ts";

const folder = mkdtempSync(join(tmpdir(), "lifeboat-pack-"));
const pool = createCodecPool({ threads: 2 });
const signal = new AbortController().signal;
let root = folder;
let round = 0;
beforeEach(() => {
  round += 1;
  root = join(folder, String(round));
});
afterAll(async () => {
  await pool.close();
  await rm(folder, { recursive: true, force: true });
});

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

async function readWhole(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  // Kept as they came: a socket, too, still holds a part when the next one is asked for.
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
}

describe("a full", () => {
  it("comes back byte for byte through every reader, whatever was put in", async () => {
    let each = 0;
    const content = oneof(
      uint8Array({ maxLength: 40_000 }),
      integer({ min: 0, max: 3_000_000 }).map((size) => new Uint8Array(rowsOf(size))),
      integer({ min: 0, max: 600_000 }).map((size) => new Uint8Array(size)),
    );
    await assert(
      asyncProperty(content, constantFrom(1024, 16_384, 65_536), async (bytes, averageSegmentBytes) => {
        each += 1;
        const full = await storeFull({ root: join(root, String(each)), bytes, pool, averageSegmentBytes });
        expect(full.stream).toMatchObject({ bytes: bytes.length, sha256: sha256(bytes) });
        expect(full.pack.storedSha256).toBe(sha256(readFileSync(full.path)));
        expect(sha256(execFileSync("zstd", ["-dc", full.path], { maxBuffer: 1 << 26 }))).toBe(full.stream.sha256);
        expect((await verifyMember({ ...full, signal, pool })).failure).toBeNull();
        const toPath = join(root, `${each}.dump`);
        await spoolStream({ ...full, toPath, signal, pool });
        expect(sha256(readFileSync(toPath))).toBe(full.stream.sha256);
      }),
      { numRuns: 25 },
    );
  });

  it("gives any range of its stream and of its file", async () => {
    const bytes = rowsOf(2_500_000);
    const full = await storeFull({ root, bytes, pool, averageSegmentBytes: 16_384 });
    const stored = readFileSync(full.path);
    const backup = await openStoredBackup({ ...full, pool });
    const file = await openStoredPack(full);
    expect([backup.bytes, file.bytes]).toEqual([bytes.length, stored.length]);
    expect((await readWhole(backup.read())).equals(bytes)).toBe(true);
    expect((await readWhole(file.read())).equals(stored)).toBe(true);
    const rangeOf = (size: number) =>
      tuple(integer({ min: 0, max: size }), integer({ min: 0, max: size })).map(([a, b]) => ({
        offset: Math.min(a, b),
        length: Math.abs(a - b),
      }));
    await assert(
      asyncProperty(rangeOf(bytes.length), rangeOf(stored.length), async (plain, raw) => {
        expect((await readWhole(backup.read(plain))).equals(bytes.subarray(plain.offset, plain.offset + plain.length))).toBe(true);
        expect((await readWhole(file.read(raw))).equals(stored.subarray(raw.offset, raw.offset + raw.length))).toBe(true);
      }),
      { numRuns: 60 },
    );
    expect(() => backup.read({ offset: 0, length: bytes.length + 1 })).toThrow(/range-not-satisfiable/);
    expect(() => file.read({ offset: -1, length: 1 })).toThrow(/range-not-satisfiable/);
    await backup.close();
  });

  it("stores a segment that came before once more, or zstd -d would not be the stream", async () => {
    const half = rowsOf(500_000);
    const full = await storeFull({ root, bytes: Buffer.concat([half, half]), pool, averageSegmentBytes: 4096 });
    const pack = await openPack(full.storage, full.pack.key);
    const digests = Array.from({ length: pack.segments.count }, (_, at) =>
      Buffer.from(pack.segments.digests.subarray(at * 32, at * 32 + 32)).toString("hex"),
    );
    expect(new Set(digests).size).toBeLessThan(digests.length);
  });

  it("opens with two range reads, however long its index is", async () => {
    const full = await storeFull({ root, bytes: rowsOf(3_000_000), pool, averageSegmentBytes: 1024 });
    const reads: number[] = [];
    const counting = {
      ...full.storage,
      readRange: (key: string, offset: number, length: number) => (reads.push(length), full.storage.readRange(key, offset, length)),
    };
    const pack = await openPack(counting, full.pack.key);
    expect(reads).toHaveLength(2);
    expect(reads[1]).toBeGreaterThan(65_536);
    expect(pack.meta).toMatchObject({ packId: "pck_1", backupId: "bkp_1", kind: "full", packs: [], dependencies: [] });
  });

  it("re-reads as what the writer saw", async () => {
    const full = await storeFull({ root, bytes: rowsOf(2_000_000), pool });
    expect(await rereadPack(full.storage, full.pack, signal)).toEqual({ bytes: full.pack.storedBytes, sha256: full.pack.storedSha256 });
  });
});

describe("a write that ends early", () => {
  const request = (chunks: AsyncIterable<StreamChunk>, stop: AbortSignal) => ({
    storage: createLocalStorage({ root }),
    key: "shop/chn_1/shop.dump.zst",
    packId: "pck_1",
    backupId: "bkp_1",
    kind: "full" as const,
    base: null,
    chain: { chainId: "chn_1", seed: "00".repeat(16), averageSegmentBytes: 65_536 },
    token: "run_1.1",
    streamName: "base",
    chunks,
    signal: stop,
    onProgress: () => undefined,
  });

  it("leaves no file when the source fails, and throws the source's own error", async () => {
    const failure = new Error("the tool died");
    async function* dying() {
      yield* inChunks(rowsOf(5_000_000));
      throw failure;
    }
    await expect(writePack(request(dying(), signal), { pool })).rejects.toBe(failure);
    expect(await readdir(root)).toEqual([".incoming"]);
    expect(await readdir(join(root, ".incoming"))).toEqual([]);
  });

  it("leaves no file when it is cancelled, and throws the signal's reason", async () => {
    const stop = new AbortController();
    const reason = new Error("cancelled");
    async function* endless() {
      for (let at = 0; ; at += 1) {
        if (at === 5) stop.abort(reason);
        yield* inChunks(rowsOf(1_500_000, at + 1));
      }
    }
    await expect(writePack(request(endless(), stop.signal), { pool })).rejects.toBe(reason);
    expect(await readdir(join(root, ".incoming"))).toEqual([]);
  });

  it("shows nothing when it is discarded, nor before it is published", async () => {
    const written = await writePack(request(inChunks(rowsOf(100_000)), signal), { pool });
    expect(await readdir(root)).toEqual([".incoming"]);
    await written.discard();
    expect(await readdir(join(root, ".incoming"))).toEqual([]);
  });

  it("spools nothing over a file that is there, and says so", async () => {
    const full = await storeFull({ root, bytes: rowsOf(1000), pool });
    const error = await spoolStream({ ...full, toPath: full.path, signal, pool }).catch((each: LifeboatError) => each);
    expect(error).toMatchObject({ code: "io-error" });
    expect(sha256(readFileSync(full.path))).toBe(full.pack.storedSha256);
  });
});

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { type ChainMember, seededRandom, storeChain } from "./chain-fixture.ts";
import { createCodecPool } from "./codec-pool.ts";
import { fixtureChain, rowsOf, storedFacts, storeFull, storePack, tamper } from "./pack-fixture.ts";
import type { KnownBackup, SynthesizeRequest } from "./port.ts";
import { openPack } from "./read-pack.ts";
import { synthesizeFull } from "./synthesize.ts";
import { verifyMember } from "./verify-member.ts";

const pool = createCodecPool({ threads: 2 });
const { signal } = new AbortController();
const averageSegmentBytes = 4096;
let root = "";
beforeEach(async () => {
  root = await temporaryFolder();
});
afterAll(() => pool.close());

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

function requestOf(
  from: { storage: SynthesizeRequest["storage"]; backup: KnownBackup },
  changes: Partial<SynthesizeRequest> = {},
): SynthesizeRequest {
  return {
    storage: from.storage,
    from: from.backup,
    key: "shop/chn_2/shop_synthetic.dump.zst",
    packId: "pck_s",
    backupId: "bkp_s",
    chain: { ...fixtureChain, chainId: "chn_2", averageSegmentBytes },
    token: "run_2.1",
    signal,
    onProgress: () => undefined,
    ...changes,
  };
}

async function lastOf(kinds: ChainMember["kind"][]): Promise<ChainMember> {
  const chain = await storeChain({ root, pool, seed: 8, kinds, bytes: 1_500_000, averageSegmentBytes, edits: 8 });
  return chain.at(-1)!;
}

describe("a synthetic full", () => {
  it("of a member is its stream in one pack that zstd -d reads, and stands alone", async () => {
    const member = await lastOf(["full", "incremental", "differential", "incremental", "incremental"]);
    expect(member.backup.needs.length).toBeGreaterThan(1);
    const seen: number[] = [];
    const written = await synthesizeFull(requestOf(member, { onProgress: ({ streamBytes }) => seen.push(streamBytes) }), { pool });
    await written.publish();
    const path = join(root, written.pack.key);
    expect(sha256(execFileSync("zstd", ["-dc", path], { maxBuffer: 1 << 26 }))).toBe(sha256(member.bytes));
    expect(written.pack).toMatchObject({ packSha256: sha256(readFileSync(path)), bytes: readFileSync(path).length });
    expect(written.stream).toEqual(member.stream);
    expect(written).toMatchObject({ needs: [], newSegments: member.stream.segments });
    expect(seen.at(-1)).toBe(member.bytes.length);
    const { meta, extents } = await openPack(member.storage, written.pack.key);
    expect(meta).toMatchObject({
      packId: "pck_s",
      backupId: "bkp_s",
      kind: "full",
      packs: [],
      dependencies: [],
      chain: { chainId: "chn_2" },
    });
    expect(extents.count).toBe(1);
    expect(await verifyMember({ ...member, ...storedFacts("bkp_s", written), signal, pool })).toMatchObject({ failure: null });
  });

  it("is what a full of the same stream is, frame by frame", async () => {
    const member = await lastOf(["full", "incremental", "incremental"]);
    const written = await synthesizeFull(requestOf(member), { pool });
    await written.publish();
    const full = await storePack({ root, name: "f", bytes: member.bytes, pool, base: null, averageSegmentBytes });
    const [synthetic, made] = [await openPack(member.storage, written.pack.key), await openPack(member.storage, full.pack.key)];
    expect(synthetic.frameOffsets).toEqual(made.frameOffsets);
    const end = made.frameOffsets.at(-1);
    expect(readFileSync(join(root, written.pack.key)).subarray(0, end).equals(readFileSync(full.path).subarray(0, end))).toBe(true);
  });

  it("carries a base for members of its own chain", async () => {
    const member = await lastOf(["full", "incremental"]);
    const written = await synthesizeFull(requestOf(member, { chain: { ...fixtureChain, averageSegmentBytes } }), { pool });
    await written.publish();
    const pack = { ...written.pack, backupId: "bkp_s" };
    const next = await storePack({ root, name: "n", bytes: member.bytes, pool, base: [pack], averageSegmentBytes });
    expect(next.written).toMatchObject({ newSegments: 0, needs: [{ packId: "pck_s", ranges: 1 }] });
  });

  it("repeats what the member names more than once, or zstd -d would not be the stream", async () => {
    const full = await storeFull({ root, bytes: rowsOf(1000), pool, averageSegmentBytes });
    const half = rowsOf(300_000, 3);
    const bytes = Buffer.concat([half, new Uint8Array(300_000), half]);
    const member = await storePack({ root, name: "2", bytes, pool, base: [full.pack], averageSegmentBytes });
    const written = await synthesizeFull(requestOf(member), { pool });
    await written.publish();
    expect(member.written.newSegments).toBeLessThan(member.stream.segments);
    expect(written.newSegments).toBe(member.stream.segments);
    expect(sha256(execFileSync("zstd", ["-dc", join(root, written.pack.key)], { maxBuffer: 1 << 26 }))).toBe(sha256(bytes));
  });

  it("of an empty stream is empty", async () => {
    const full = await storeFull({ root, bytes: Buffer.alloc(0), pool, averageSegmentBytes });
    const written = await synthesizeFull(requestOf(full), { pool });
    await written.publish();
    expect(written.stream).toEqual(full.stream);
    expect(execFileSync("zstd", ["-dc", join(root, written.pack.key)])).toHaveLength(0);
  });

  it("is not made of a damaged frame: every bit of what is copied was looked at", async () => {
    const member = await lastOf(["full", "incremental"]);
    const random = seededRandom(5);
    const { frameOffsets } = await openPack(member.storage, member.backup.needs[0]!.key);
    const path = join(root, member.backup.needs[0]!.key);
    const good = readFileSync(path);
    let refused = 0;
    for (let round = 0; round < 12; round += 1) {
      const at = Math.floor(random() * (frameOffsets.at(-1) ?? 0));
      await tamper(path, () => {
        const bytes = Buffer.from(good);
        bytes[at] = bytes[at]! ^ (1 << Math.floor(random() * 8));
        return bytes;
      });
      const outcome = await synthesizeFull(requestOf(member), { pool }).then(
        async (written) => {
          await written.discard();
          return written.stream.sha256;
        },
        (error: unknown) => error,
      );
      // A bit in a frame that this member does not need, or one that zstd does not mind, harms nobody.
      if (outcome === member.stream.sha256) continue;
      refused += 1;
      expect(outcome).toMatchObject({ code: "pack-damaged", params: { key: member.backup.needs[0]!.key } });
    }
    expect(refused).toBeGreaterThan(3);
    expect(await readdir(join(root, ".incoming"))).toEqual([]);
  });

  it("is refused when the catalogue expects another stream, when a pack is gone, and when it is cancelled", async () => {
    const member = await lastOf(["full", "incremental"]);
    const { backup } = member;
    const make = (changes: Partial<SynthesizeRequest>) =>
      synthesizeFull(requestOf(member, changes), { pool }).catch((error: unknown) => error);
    expect(await make({ from: { ...backup, stream: { ...backup.stream, sha256: "0".repeat(64) } } })).toMatchObject({
      code: "stream-mismatch",
    });
    const reason = new Error("cancelled");
    const stop = new AbortController();
    expect(await make({ signal: AbortSignal.abort(reason) })).toBe(reason);
    expect(
      await make({
        signal: stop.signal,
        storage: {
          ...member.storage,
          readRange: async (key, offset, length, options) => {
            if (offset === 0) stop.abort(reason);
            return member.storage.readRange(key, offset, length, options);
          },
        },
      }),
    ).toBe(reason);
    await member.storage.remove(backup.needs[0]!.key);
    expect(await make({})).toMatchObject({ code: "chain-broken", params: { key: backup.needs[0]!.key } });
    expect(await readdir(join(root, ".incoming"))).toEqual([]);
  });
});

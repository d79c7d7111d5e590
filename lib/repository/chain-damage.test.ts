import { mkdtempSync } from "node:fs";
import { copyFile, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BackupKind } from "../domain/backup-state.ts";
import { type ChainMember, seededRandom, storeChain } from "./chain-fixture.ts";
import { createCodecPool } from "./codec-pool.ts";
import { openStoredBackup } from "./open-stored-backup.ts";
import type { ChainVerdict } from "./port.ts";
import { openPack } from "./read-pack.ts";
import { verifyChain } from "./verify-chain.ts";
import { verifyMember } from "./verify-member.ts";

const root = mkdtempSync(join(tmpdir(), "lifeboat-damage-"));
const pool = createCodecPool({ threads: 2 });
const { signal } = new AbortController();
const kinds: BackupKind[] = ["full", "differential", "incremental", "incremental", "differential", "incremental"];
let chain: ChainMember[];

beforeAll(async () => {
  chain = await storeChain({ root, pool, seed: 11, kinds, bytes: 60_000, averageSegmentBytes: 1024, edits: 2 });
});
afterAll(async () => {
  await pool.close();
  await rm(root, { recursive: true, force: true });
});

const pathOf = ({ pack }: ChainMember) => join(root, pack.key);
const look = () => verifyChain({ storage: chain[0]!.storage, members: chain.map(({ backup }) => backup), signal, pool });
const failed = (verdict: { readonly backupId: string; readonly failure: unknown }[]) =>
  verdict.filter(({ failure }) => failure !== null).map(({ backupId }) => backupId);
const named = (verdict: ChainVerdict) => ({ packs: failed([...verdict.packs]), members: failed([...verdict.members]) });

/** Members whose bytes cannot be had any more, by rebuilding each of them. */
async function cannotBeHad(): Promise<string[]> {
  const lost: string[] = [];
  for (const { storage, backup, bytes } of chain) {
    const got: Uint8Array[] = [];
    try {
      for await (const part of (await openStoredBackup({ storage, backup, pool })).read()) got.push(part);
    } catch {
      lost.push(backup.backupId);
      continue;
    }
    if (!Buffer.concat(got).equals(bytes)) lost.push(backup.backupId);
  }
  return lost;
}

/** Members that a verification of their own finds something wrong with. */
async function failVerification(): Promise<string[]> {
  const lost: string[] = [];
  for (const { storage, backup } of chain) {
    if ((await verifyMember({ storage, backup, signal, pool })).failure !== null) lost.push(backup.backupId);
  }
  return lost;
}

/** Changes one pack, asks all who look, puts it back. */
async function damage(member: ChainMember, change: (bytes: Buffer) => Uint8Array) {
  const good = await readFile(pathOf(member));
  await writeFile(pathOf(member), change(Buffer.from(good)));
  try {
    const verdict = await look();
    const lost = await cannotBeHad();
    const affected = chain.map(({ backup }) => backup.backupId).filter((id) => id === member.backup.backupId || lost.includes(id));
    return { verdict, lost, affected, verified: await failVerification() };
  } finally {
    await writeFile(pathOf(member), good);
  }
}

describe("a look at a whole chain", () => {
  it("passes a good one, and reads every pack once and nothing twice", async () => {
    const reads = new Map<string, number>();
    const { storage } = chain[0]!;
    const counting = {
      ...storage,
      readAll: (key: string, stop?: AbortSignal) => (reads.set(key, (reads.get(key) ?? 0) + 1), storage.readAll(key, stop)),
    };
    const seen: number[] = [];
    const members = chain.map(({ backup }) => backup);
    const verdict = await verifyChain({ storage: counting, members, signal, pool, onProgress: (bytes) => seen.push(bytes) });
    expect(named(verdict)).toEqual({ packs: [], members: [] });
    expect([...reads.values()]).toEqual(chain.map(() => 1));
    expect(seen.at(-1)).toBe(chain.reduce((sum, { pack }) => sum + pack.storedBytes, 0));
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    for (const each of [...verdict.packs, ...verdict.members]) {
      expect(each.checks.filter((check) => check.verdict === "failed")).toEqual([]);
    }
    expect(verdict.members[5]?.checks.find((check) => check.code === "root-hash")).toMatchObject({ verdict: "passed" });
  });

  it("notices any flipped bit, and names exactly the members that it bears on", { timeout: 120_000 }, async () => {
    const random = seededRandom(12);
    let spared = 0;
    for (let round = 0; round < 60; round += 1) {
      const member = chain[Math.floor(random() * chain.length)]!;
      const bit = Math.floor(random() * member.pack.storedBytes * 8);
      const found = await damage(member, (bytes) => {
        bytes[bit >>> 3] = bytes[bit >>> 3]! ^ (1 << (bit & 7));
        return bytes;
      });
      const { packId } = member.pack;
      expect({ packId, bit, ...named(found.verdict) }).toEqual({ packId, bit, packs: [member.backup.backupId], members: found.affected });
      expect({ packId, bit, verified: found.verified }).toEqual({ packId, bit, verified: found.affected });
      const needing = chain.filter(({ backup }) => backup.needs.some((need) => need.packId === packId));
      spared += needing.filter(({ backup }) => !found.affected.includes(backup.backupId)).length;
    }
    // Not by naming all who read from the pack.
    expect(spared).toBeGreaterThan(8);
  });

  it("goes on behind a damaged segment: all of them are counted", async () => {
    const full = chain[0]!;
    const opened = await openPack(full.storage, full.pack.key);
    const hit = [3, 4, 9, opened.segments.count - 1];
    const { verdict, affected } = await damage(full, (bytes) => {
      for (const segment of hit) bytes[opened.frameOffsets[segment + 1]! - 6]! ^= 0xff;
      return bytes;
    });
    expect(verdict.packs[0]).toMatchObject({ damagedSegments: 4, failure: { code: "pack-damaged" } });
    expect(verdict.packs[0]?.checks.find((check) => check.code === "frames")).toMatchObject({
      expected: String(opened.segments.count),
      actual: String(opened.segments.count - 4),
    });
    expect(named(verdict).members).toEqual(affected);
    expect(affected.length).toBeGreaterThan(1);
  });

  it("says of a bit that zstd does not mind that the file is another, and of the pack's own backup alone", async () => {
    const full = chain[0]!;
    // RFC 8878, 3.1.1.1.1: bit 4 of the frame header descriptor is unused, a decoder does not look at it.
    const { verdict, lost, verified } = await damage(full, (bytes) => {
      bytes[4] = bytes[4]! ^ 0x10;
      return bytes;
    });
    expect(lost).toEqual([]);
    expect(verdict.packs[0]).toMatchObject({ damagedSegments: 0, failure: { code: "pack-damaged" } });
    expect([named(verdict).members, verified]).toEqual([[full.backup.backupId], [full.backup.backupId]]);
  });

  it("notices truncations and appended bytes, and that nothing can be read from such a pack", { timeout: 120_000 }, async () => {
    for (const member of chain) {
      const size = member.pack.storedBytes;
      const needing = chain.filter(
        ({ backup }) => backup === member.backup || backup.needs.some(({ packId }) => packId === member.pack.packId),
      );
      const expected = needing.map(({ backup }) => backup.backupId);
      for (const cut of [0, Math.floor(size / 2), size - 1]) {
        const { verdict, affected } = await damage(member, (bytes) => bytes.subarray(0, cut));
        expect([named(verdict).members, affected]).toEqual([expected, expected]);
        expect(verdict.packs.find(({ failure }) => failure !== null)).toMatchObject({ failure: { code: "pack-truncated" } });
      }
      for (const more of [Buffer.from([0]), Buffer.alloc(4096)]) {
        const { verdict, verified } = await damage(member, (bytes) => Buffer.concat([bytes, more]));
        expect([named(verdict).members, verified]).toEqual([expected, expected]);
      }
    }
  });

  it("works without packs of the chain, and names exactly the members that need them", async () => {
    for (const missing of chain) {
      const aside = join(root, "aside");
      await rename(pathOf(missing), aside);
      const verdict = await look();
      const lost = await cannotBeHad();
      await rename(aside, pathOf(missing));
      expect(named(verdict)).toEqual({ packs: [missing.backup.backupId], members: lost });
      for (const { backupId, failure } of verdict.members.filter((each) => each.failure !== null)) {
        const code = backupId === missing.backup.backupId ? "pack-missing" : "chain-broken";
        expect(failure).toEqual({ code, params: { key: missing.pack.key } });
      }
    }
  });

  it("is not fooled by two packs in each other's place", async () => {
    const [, one, two] = chain as [ChainMember, ChainMember, ChainMember];
    const aside = join(root, "aside");
    await copyFile(pathOf(one), aside);
    await copyFile(pathOf(two), pathOf(one));
    await copyFile(aside, pathOf(two));
    const verdict = await look();
    const lost = await cannotBeHad();
    await copyFile(pathOf(one), pathOf(two));
    await rename(aside, pathOf(one));
    expect(named(verdict)).toEqual({ packs: [one.backup.backupId, two.backup.backupId], members: lost });
    expect(named(await look())).toEqual({ packs: [], members: [] });
  });

  it("stops with the signal's reason", async () => {
    const reason = new Error("stop");
    const members = chain.map(({ backup }) => backup);
    await expect(verifyChain({ storage: chain[0]!.storage, members, signal: AbortSignal.abort(reason), pool })).rejects.toBe(reason);
  });
});

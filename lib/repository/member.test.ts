import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync } from "node:fs";
import { copyFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LifeboatError } from "#lib/domain/error";
import type { BackupKind } from "../domain/backup-state.ts";
import type { Storage } from "../storage/port.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { type ChainMember, seededRandom, storeChain } from "./chain-fixture.ts";
import { createCodecPool } from "./codec-pool.ts";
import { openMember } from "./open-member.ts";
import { openStoredBackup } from "./open-stored-backup.ts";
import { storeFull, storePack, tamper } from "./pack-fixture.ts";
import type { KnownBackup } from "./port.ts";
import { recipeLines } from "./recipe-lines.ts";
import { spoolStream } from "./spool-stream.ts";
import { verifyMember } from "./verify-member.ts";

const pool = createCodecPool({ threads: 2 });
const { signal } = new AbortController();
afterAll(() => pool.close());

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: LifeboatError) => error.code,
  );

async function readWhole(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
}

const kinds: BackupKind[] = ["full", "differential", "incremental", "incremental", "differential", "incremental", "incremental"];

describe("a chain member", () => {
  it("comes back byte for byte through every reader, after any edits", async () => {
    for (const [seed, averageSegmentBytes] of [
      [1, 1024],
      [2, 4096],
      [3, 16_384],
    ] as const) {
      const root = await temporaryFolder();
      const random = seededRandom(seed);
      const chain = await storeChain({ root, pool, seed, kinds, bytes: 700_000, averageSegmentBytes, edits: 5 });
      expect(Math.max(...chain.map(({ backup }) => backup.needs.length))).toBeGreaterThan(1);
      for (const member of chain) {
        const { bytes } = member;
        const toPath = join(root, `${member.pack.packId}.stream`);
        await spoolStream({ ...member, toPath, signal, pool });
        expect(sha256(readFileSync(toPath))).toBe(sha256(bytes));
        expect(await verifyMember({ ...member, signal, pool })).toMatchObject({ failure: null });
        const stored = await openStoredBackup({ ...member, pool });
        expect((await readWhole(stored.read())).equals(bytes)).toBe(true);
        for (let each = 0; each < 10; each += 1) {
          const offset = Math.floor(random() * bytes.length);
          const length = Math.floor(random() * (bytes.length - offset));
          expect((await readWhole(stored.read({ offset, length }))).equals(bytes.subarray(offset, offset + length))).toBe(true);
        }
      }
    }
  });

  it("is the concatenation of the byte ranges that its recipe lists", async () => {
    const root = await temporaryFolder();
    const chain = await storeChain({ root, pool, seed: 4, kinds, bytes: 300_000, averageSegmentBytes: 4096, edits: 4 });
    for (const { storage, backup, bytes } of chain) {
      const needs = [...backup.needs].reverse();
      const text = recipeLines(
        await openMember(storage, backup),
        needs.map((each) => each.packId),
      );
      const packs = [backup.pack, ...needs].map(({ key }) => readFileSync(join(root, key)));
      const frames = text
        .split("\n")
        .slice(0, -1)
        .map((line) => {
          const [pack = 0, offset = 0, length = 0] = line.split(" ").map(Number);
          return packs[pack]!.subarray(offset, offset + length);
        });
      expect(sha256(execFileSync("zstd", ["-dc"], { input: Buffer.concat(frames) }))).toBe(sha256(bytes));
    }
  });

  it("is read in far fewer reads than its recipe has ranges", async () => {
    const root = await temporaryFolder();
    const chain = await storeChain({ root, pool, seed: 5, kinds, bytes: 3_000_000, averageSegmentBytes: 4096, edits: 6 });
    const last = chain.at(-1)!;
    const reads: { key: string; offset: number; length: number }[] = [];
    const storage: Storage = {
      ...last.storage,
      readRange(key, offset, length, options) {
        if (options !== undefined) reads.push({ key, offset, length });
        return last.storage.readRange(key, offset, length, options);
      },
    };
    const stored = await openStoredBackup({ storage, backup: last.backup, pool });
    expect((await readWhole(stored.read())).equals(last.bytes)).toBe(true);
    const member = await openMember(last.storage, last.backup);
    const lines =
      recipeLines(
        member,
        last.backup.needs.map((need) => need.packId),
      ).split("\n").length - 1;
    expect(lines).toBeGreaterThan(10);
    expect(reads.length).toBeLessThan(lines / 2);
    expect(reads.reduce((sum, read) => sum + read.length, 0)).toBeLessThan(2 * last.bytes.length);
  });

  it("hands out nothing of a damaged segment, and ends there", async () => {
    const root = await temporaryFolder();
    const chain = await storeChain({ root, pool, seed: 6, kinds: kinds.slice(0, 4), bytes: 400_000, averageSegmentBytes: 4096, edits: 3 });
    const last = chain.at(-1)!;
    const member = await openMember(last.storage, last.backup);
    const at = Math.floor(member.segments / 2);
    expect(member.packOf[at]).toBeGreaterThan(0);
    const pack = member.packs[member.packOf[at]!]!;
    await tamper(join(root, pack.key), (bytes) =>
      bytes.fill(0xff, pack.frameOffsets[member.segmentOf[at]!]! + 4, pack.frameOffsets[member.segmentOf[at]! + 1]),
    );
    const stored = await openStoredBackup({ ...last, pool });
    const got: Uint8Array[] = [];
    const reading = async () => {
      for await (const part of stored.read()) got.push(part);
    };
    await expect(reading()).rejects.toMatchObject({ code: "pack-damaged", params: { key: pack.key } });
    expect(Buffer.concat(got).equals(last.bytes.subarray(0, Buffer.concat(got).length))).toBe(true);
    expect(Buffer.concat(got)).toHaveLength(member.starts[at]!);
    expect((await verifyMember({ ...last, signal, pool })).failure).toMatchObject({ code: "pack-damaged", params: { key: pack.key } });
  });
});

// FAULTS.md line 15, and 12 and 13 for packs that a member needs.
describe("a broken chain", () => {
  let root: string;
  let chain: ChainMember[];
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), "lifeboat-chain-"));
    chain = await storeChain({ root, pool, seed: 7, kinds: kinds.slice(0, 4), bytes: 200_000, averageSegmentBytes: 4096, edits: 3 });
  });

  afterAll(() => rm(root, { recursive: true, force: true }));

  const pathOf = ({ pack }: ChainMember) => join(root, pack.key);

  /** What each reader says; a spool that is refused leaves no file. */
  async function refusals(member: ChainMember, backup: KnownBackup = member.backup): Promise<unknown[]> {
    const toPath = join(root, "refused");
    const seen = await Promise.all([
      codeOf(openStoredBackup({ ...member, backup, pool })),
      codeOf(spoolStream({ ...member, backup, toPath, signal, pool })),
      verifyMember({ ...member, backup, signal, pool }).then(({ failure }) => failure?.code ?? null),
    ]);
    if (seen[1] === null) await rm(toPath);
    expect(() => readFileSync(toPath)).toThrow(/ENOENT/);
    return seen;
  }
  const keyNamed = async (member: ChainMember, backup = member.backup) =>
    (await verifyMember({ ...member, backup, signal, pool })).failure?.params["key"];

  it("without its full, or one in its middle, is refused with the name of what is missing; who does not need it is not", async () => {
    for (const missing of chain) {
      const aside = join(root, "aside");
      await rename(pathOf(missing), aside);
      for (const member of chain) {
        const needsIt = member.backup.needs.some((need) => need.packId === missing.pack.packId);
        const expected = member === missing ? "pack-missing" : needsIt ? "chain-broken" : null;
        expect([member.pack.packId, ...(await refusals(member))]).toEqual([member.pack.packId, expected, expected, expected]);
        expect(await keyNamed(member)).toBe(expected === null ? undefined : missing.pack.key);
      }
      await rename(aside, pathOf(missing));
    }
  });

  it("with two packs in each other's place is refused before work, even when they are equally long", async () => {
    const [full, , one, two] = chain as [ChainMember, ChainMember, ChainMember, ChainMember];
    expect(two.backup.needs.map((need) => need.packId)).toContain(one.pack.packId);
    const aside = join(root, "aside");
    await copyFile(pathOf(one), aside);
    await copyFile(pathOf(full), pathOf(one));
    // As if a catalogue had been told the wrong length, too.
    const swap = { ...one.pack, storedBytes: full.pack.storedBytes, bytes: full.pack.bytes };
    const backup = { ...two.backup, needs: two.backup.needs.map((need) => (need.packId === one.pack.packId ? swap : need)) };
    expect(await refusals(two, backup)).toEqual(["chain-broken", "chain-broken", "chain-broken"]);
    expect(await keyNamed(two, backup)).toBe(one.pack.key);
    expect(await refusals(two)).toEqual(["pack-damaged", "pack-damaged", "pack-damaged"]);
    await rename(aside, pathOf(one));
    expect(await refusals(two)).toEqual([null, null, null]);
  });

  it("with another pack of the same length in the place of one is refused by its identity", async () => {
    const bytes = new Uint8Array(100_000);
    const folder = await temporaryFolder();
    const stored = (name: string, content: Uint8Array, base: ChainMember["pack"][] | null) =>
      storePack({ root: folder, name, bytes: content, pool, base, averageSegmentBytes: 4096 });
    const one = await stored("1", bytes, null);
    const other = await stored("2", bytes.fill(1), null);
    expect(one.pack.storedBytes).toBe(other.pack.storedBytes);
    const member = {
      ...(await stored("3", new Uint8Array(100_000), [one.pack])),
      kind: "incremental" as const,
      bytes: Buffer.alloc(100_000),
    };
    expect(member.backup.needs).toHaveLength(1);
    await copyFile(other.path, one.path);
    expect(await refusals(member)).toEqual(["chain-broken", "chain-broken", "chain-broken"]);
    expect(await refusals({ ...one, kind: "full", bytes: Buffer.alloc(0) })).toEqual(["pack-damaged", "pack-damaged", "pack-damaged"]);
  });

  it("with a pack of a foreign chain, or one that was made anew, is refused", async () => {
    const member = chain[2]!;
    const [need] = member.backup.needs;
    const changed = (change: Partial<typeof need>): KnownBackup => ({
      ...member.backup,
      needs: member.backup.needs.map((each) => (each.packId === need?.packId ? { ...each, ...change } : each)),
    });
    const codes = ["chain-broken", "chain-broken", "chain-broken"];
    expect(await refusals(member, changed({ packSha256: "0".repeat(64) }))).toEqual(codes);
    expect(await refusals(member, changed({ bytes: 1 }))).toEqual(codes);
    expect(await refusals(member, { ...member.backup, needs: [] })).toEqual(codes);
    const foreign = await storeFull({ root: await temporaryFolder(), bytes: chain[0]!.bytes, pool, averageSegmentBytes: 4096 });
    const aside = join(root, "aside");
    await rename(join(root, need!.key), aside);
    await copyFile(foreign.path, join(root, need!.key));
    expect(await refusals(member, changed({ storedBytes: foreign.pack.storedBytes }))).toEqual(codes);
    await rename(aside, join(root, need!.key));
  });

  it("whose order of packs is another one in the catalogue is the same chain", async () => {
    const member = chain.at(-1)!;
    expect(member.backup.needs.length).toBeGreaterThan(1);
    expect(await refusals(member, { ...member.backup, needs: [...member.backup.needs].reverse() })).toEqual([null, null, null]);
  });
});

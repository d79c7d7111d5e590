import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { zstdDecompressSync } from "node:zlib";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { createKeyring } from "#lib/secrets/keyring";
import { type ChainMember, storeChain } from "./chain-fixture.ts";
import { createCodecPool } from "./codec-pool.ts";
import { formatCommands } from "./format-commands.ts";
import { packFileName } from "./keys.ts";
import { openMember } from "./open-member.ts";
import { recipeLines } from "./recipe-lines.ts";
import { exampleKey, exampleSidecar } from "./sidecar-example.ts";
import { writeSidecar } from "./sidecar.ts";
import { rowsOf, storeFull, type StoredFull, tamper } from "./pack-fixture.ts";

const run = promisify(execFile);
const root = mkdtempSync(join(tmpdir(), "lifeboat-format-"));
const pool = createCodecPool({ threads: 1 });
const bytes = rowsOf(3_000_000);
let full: StoredFull;
let round = 0;

beforeEach(async () => {
  round += 1;
  full = await storeFull({ root: join(root, String(round)), bytes, pool, key: exampleKey });
  const facts = {
    ...exampleSidecar,
    streams: [{ ...full.stream, segments: 1 }],
    packs: [{ ...exampleSidecar.packs[0]!, storedBytes: full.pack.storedBytes, storedSha256: full.pack.storedSha256 }],
  };
  await writeSidecar(full.storage, { packKey: exampleKey, token: "run_1.1", facts }, createKeyring(Buffer.alloc(32, 7)));
});
afterAll(async () => {
  await pool.close();
  await rm(root, { recursive: true, force: true });
});

/** Runs the page's commands beside the pack. */
function follow(commands: string) {
  const file = packFileName(exampleKey);
  return run("bash", ["-euo", "pipefail", "-c", commands], { cwd: dirname(full.path), env: { ...process.env, file } });
}

/** A chain with the sidecars of its members, and the page's commands for one of them. */
async function storeMembers() {
  const chainRoot = join(root, `${round}-chain`);
  const kinds = ["full", "differential", "incremental", "incremental"] as const;
  const chain = await storeChain({ root: chainRoot, pool, seed: 21, kinds, bytes: 400_000, averageSegmentBytes: 4096, edits: 4 });
  for (const { storage, backup, stream, written, pack } of chain) {
    const recipe = recipeLines(
      await openMember(storage, backup),
      written.needs.map((need) => need.packId),
    );
    const facts = { ...exampleSidecar, streams: [stream], packs: [written.pack], needs: [...written.needs], recipe };
    await writeSidecar(storage, { packKey: pack.key, token: "run_1.1", facts }, createKeyring(Buffer.alloc(32, 7)));
  }
  const folder = dirname(chain[0]!.path);
  const followFor = ({ pack }: ChainMember) =>
    run("bash", ["-euo", "pipefail", "-c", formatCommands("rebuild")], {
      cwd: folder,
      env: { ...process.env, file: packFileName(pack.key) },
    });
  return { chain, folder, follow: followFor };
}

describe("docs/format.md", () => {
  it("unpacks a full with sha256sum, zstd and jq into the very stream", async () => {
    const { stdout } = await follow(formatCommands("unpack"));
    expect(stdout).toContain(`${packFileName(exampleKey)}: OK`);
    expect(stdout).toContain("stream.dump: OK");
    const unpacked = readFileSync(join(dirname(full.path), "stream.dump"));
    expect(createHash("sha256").update(unpacked).digest("hex")).toBe(full.stream.sha256);
  });

  describe("for a member", () => {
    it("rebuilds its stream from the packs of its chain with sha256sum, jq, dd and zstd", async () => {
      const { chain, folder, follow: rebuild } = await storeMembers();
      for (const member of chain.slice(1)) {
        const { stdout } = await rebuild(member);
        expect(stdout.match(/zst: OK/g)).toHaveLength(member.backup.needs.length + 1);
        expect(readFileSync(join(folder, "stream.dump")).equals(member.bytes)).toBe(true);
        await rm(join(folder, "stream.dump"));
      }
      expect(Math.max(...chain.map(({ backup }) => backup.needs.length))).toBeGreaterThan(1);
    });

    it("stops before anything is rebuilt when a pack is missing or another one", async () => {
      const { chain, folder, follow: rebuild } = await storeMembers();
      const [first] = chain;
      await tamper(first!.path, (stored) => stored.fill(stored[500]! ^ 1, 500, 501));
      await expect(rebuild(chain.at(-1)!)).rejects.toMatchObject({ stdout: expect.stringContaining("FAILED") as string });
      await rm(first!.path);
      await expect(rebuild(chain.at(-1)!)).rejects.toMatchObject({ stderr: expect.stringContaining("No such file") as string });
      expect(() => readFileSync(join(folder, "stream.dump"))).toThrow(/ENOENT/);
    });
  });

  it("stops at its first check when the pack was damaged", async () => {
    await tamper(full.path, (stored) => stored.fill(stored[5000]! ^ 1, 5000, 5001));
    await expect(follow(formatCommands("unpack"))).rejects.toMatchObject({ code: 1 });
  });

  it("lets stock zstd see a checksum in every frame", async () => {
    const { stdout } = await follow('zstd --test "$file" && zstd --list --verbose "$file"');
    expect(stdout).toMatch(/Check: XXH64/);
    expect(stdout).toMatch(/Skippable Frames: 2/i);
  });

  it("describes the footer: magic, version, flags and the index's place and SHA-256", () => {
    const pack = readFileSync(full.path);
    const footer = pack.subarray(-88);
    expect(footer.readUInt32LE(0)).toBe(0x184d2a5b);
    expect(footer.readUInt32LE(4)).toBe(80);
    expect(footer.toString("latin1", 8, 16)).toBe("LIFEBOAT");
    expect([footer.readUInt16LE(16), footer.readUInt16LE(18), footer.readUInt32LE(20)]).toEqual([1, 0, 0]);
    expect(Number(footer.readBigUInt64LE(72))).toBe(pack.length);
    const offset = Number(footer.readBigUInt64LE(24));
    const index = pack.subarray(offset, offset + Number(footer.readBigUInt64LE(32)));
    expect(createHash("sha256").update(index).digest("hex")).toBe(footer.toString("hex", 40, 72));
    expect(pack.readUInt32LE(offset - 8)).toBe(0x184d2a5a);
    expect(createHash("sha256").update(footer.subarray(0, 80)).digest().subarray(0, 8).equals(footer.subarray(80))).toBe(true);
  });

  it("describes the index: an independent reader finds every segment and computes the same hashes", () => {
    const pack = readFileSync(full.path);
    const offset = Number(pack.readBigUInt64LE(pack.length - 64));
    const sections = readSections(pack.subarray(offset, offset + Number(pack.readBigUInt64LE(pack.length - 56))));
    const [facts, recipe, rawLengths, frameLengths, digests] = [1, 2, 3, 4, 5].map((type) => sections.get(type)!) as [
      Buffer,
      Buffer,
      Buffer,
      Buffer,
      Buffer,
    ];
    const root = createHash("sha256");
    const parts: Buffer[] = [];
    let from = 0;
    for (let at = 0; at < digests.length / 32; at += 1) {
      const frame = pack.subarray(from, (from += frameLengths.readUInt32LE(at * 4)));
      const segment = zstdDecompressSync(frame);
      parts.push(segment);
      const digest = createHash("sha256").update(segment).digest();
      expect(digest.equals(digests.subarray(at * 32, at * 32 + 32))).toBe(true);
      root.update(rawLengths.subarray(at * 4, at * 4 + 4)).update(digest);
    }
    expect(from).toBe(offset - 8);
    expect(Buffer.concat(parts).equals(bytes)).toBe(true);
    expect(root.digest("hex")).toBe(full.stream.rootHash);
    expect(JSON.parse(facts.toString())).toMatchObject({ kind: "full", packs: [], streams: [full.stream] });
    expect(recipe).toHaveLength(24);
    expect([0, 4, 8, 12].map((at) => recipe.readUInt32LE(at))).toEqual([0, 0, 0, parts.length]);
    expect(Number(recipe.readBigUInt64LE(16))).toBe(bytes.length);
  });
});

/** The index as docs/format.md describes it, read without the code under test. */
function readSections(index: Buffer): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (let at = 0; at < index.length;) {
    const length = Number(index.readBigUInt64LE(at + 8));
    found.set(index.readUInt32LE(at) - 2 ** 31, index.subarray(at + 16, at + 16 + length));
    at += 16 + Math.ceil(length / 8) * 8;
  }
  return found;
}

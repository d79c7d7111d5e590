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
import { createCodecPool } from "./codec-pool.ts";
import { formatCommands } from "./format-commands.ts";
import { packFileName } from "./keys.ts";
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

describe("docs/format.md", () => {
  it("unpacks a full with sha256sum, zstd and jq into the very stream", async () => {
    const { stdout } = await follow(formatCommands("unpack"));
    expect(stdout).toContain(`${packFileName(exampleKey)}: OK`);
    expect(stdout).toContain("stream.dump: OK");
    const unpacked = readFileSync(join(dirname(full.path), "stream.dump"));
    expect(createHash("sha256").update(unpacked).digest("hex")).toBe(full.stream.sha256);
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

import { mkdtempSync } from "node:fs";
import { copyFile, mkdir, readdir, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LifeboatError } from "#lib/domain/error";
import { createCodecPool } from "./codec-pool.ts";
import { openStoredBackup, openStoredPack } from "./open-stored-backup.ts";
import { rereadPack } from "./reread-pack.ts";
import { spoolStream } from "./spool-stream.ts";
import { rowsOf, storeFull, type StoredFull, tamper } from "./pack-fixture.ts";
import { verifyMember } from "./verify-member.ts";

// FAULTS.md line 13: any bit flipped, any truncation, bytes appended, packs swapped. Found by verify and by restore, always.
const folder = mkdtempSync(join(tmpdir(), "lifeboat-faults-"));
const pool = createCodecPool({ threads: 2 });
const signal = new AbortController().signal;
let full: StoredFull;
let good: string;

beforeAll(async () => {
  full = await storeFull({ root: join(folder, "a"), bytes: rowsOf(150_000), pool, averageSegmentBytes: 4096 });
  good = join(folder, "good.zst");
  await copyFile(full.path, good);
});
afterAll(async () => {
  await pool.close();
  await rm(folder, { recursive: true, force: true });
});

let spools = 0;

/** What verify and spool each say of the pack as it lies there now; a spool that fails must leave no file. */
async function look(): Promise<{ verify: string | null; spool: string | null; passed: string[] }> {
  const result = await verifyMember({ ...full, signal, pool });
  spools += 1;
  const spoolFolder = join(folder, `spool${spools}`);
  await mkdir(spoolFolder);
  const spool = await spoolStream({ ...full, toPath: join(spoolFolder, "s"), signal, pool }).then(
    () => null,
    (error: LifeboatError) => error.code,
  );
  expect(await readdir(spoolFolder)).toEqual(spool === null ? ["s"] : []);
  await rm(spoolFolder, { recursive: true });
  return {
    verify: result.failure?.code ?? null,
    spool,
    passed: result.checks.filter((check) => check.verdict === "passed").map((check) => check.code),
  };
}

async function withDamage(change: (bytes: Buffer) => Uint8Array) {
  await copyFile(good, full.path);
  await tamper(full.path, change);
  return look();
}

function flip(bytes: Buffer, bit: number): Buffer {
  bytes[bit >>> 3] = bytes[bit >>> 3]! ^ (1 << (bit & 7));
  return bytes;
}

describe("damage to a pack", () => {
  it("is not seen where there is none", async () => {
    await copyFile(good, full.path);
    expect(await look()).toEqual({ verify: null, spool: null, passed: ["pack-checksum", "frames", "root-hash", "stream-checksum"] });
  });

  it("is found for bits all over the footer, one in five", async () => {
    const footer = full.pack.storedBytes - 88;
    for (let bit = footer * 8; bit < full.pack.storedBytes * 8; bit += 5) {
      const seen = await withDamage((bytes) => flip(bytes, bit));
      expect([bit, seen.verify, seen.spool]).toEqual([bit, "pack-damaged", "pack-damaged"]);
    }
  });

  it("is found for truncations from nothing to one byte less", async () => {
    const size = full.pack.storedBytes;
    const cuts = [0, 1, 87, 88, 89, ...Array.from({ length: 30 }, (_, at) => Math.floor((at / 30) * size)), size - 88, size - 1];
    for (const cut of cuts) {
      const seen = await withDamage((bytes) => bytes.subarray(0, cut));
      expect([cut, seen.verify, seen.spool]).toEqual([cut, "pack-truncated", "pack-truncated"]);
    }
  });

  it("is found for appended bytes, also for a footer or a whole pack once more", async () => {
    const additions = (bytes: Buffer) => [Buffer.from([0]), Buffer.alloc(4096), bytes.subarray(-88), bytes];
    for (let at = 0; at < 4; at += 1) {
      const seen = await withDamage((bytes) => Buffer.concat([bytes, additions(bytes)[at]!]));
      expect([at, seen.verify, seen.spool]).toEqual([at, "pack-damaged", "pack-damaged"]);
    }
  });

  it("is found for a hole of zeros of the same length", async () => {
    const seen = await withDamage((bytes) => bytes.fill(0, 10_000, 14_096));
    expect([seen.verify, seen.spool]).toEqual(["pack-damaged", "pack-damaged"]);
  });

  it("is found when another good pack of the same size lies in its place", async () => {
    const bytes = new Uint8Array(200_000);
    const one = await storeFull({ root: join(folder, "one"), bytes, pool });
    bytes.fill(1);
    const two = await storeFull({ root: join(folder, "two"), bytes, pool });
    expect(one.pack.storedBytes).toBe(two.pack.storedBytes);
    await rename(two.path, one.path);
    const result = await verifyMember({ ...one, signal, pool });
    expect(result.failure?.code).toBe("pack-damaged");
    expect(result.checks.filter((check) => check.verdict === "failed").map((check) => check.code)).toEqual(["pack-checksum", "root-hash"]);
    await expect(spoolStream({ ...one, toPath: join(folder, "swapped"), signal, pool })).rejects.toMatchObject({ code: "stream-mismatch" });
    await expect(openStoredBackup({ ...one, pool })).rejects.toMatchObject({
      code: "stream-mismatch",
    });
    await expect(rereadPack(one.storage, one.pack, signal)).rejects.toMatchObject({ code: "pack-damaged" });
  });

  it("is named when the pack is gone", async () => {
    await rm(full.path);
    expect(await look()).toMatchObject({ verify: "pack-missing", spool: "pack-missing", passed: [] });
    await expect(rereadPack(full.storage, full.pack, signal)).rejects.toMatchObject({ code: "pack-missing" });
  });

  it("ends a download before the damaged segment's bytes, and a whole stored one before its last", async () => {
    await copyFile(good, full.path);
    await tamper(full.path, (bytes) => flip(bytes, 9000 * 8));
    const backup = await openStoredBackup({ ...full, pool });
    const drain = async (parts: AsyncIterable<Uint8Array>) => {
      let bytes = 0;
      for await (const part of parts) bytes += part.length;
      return bytes;
    };
    await expect(drain(backup.read())).rejects.toMatchObject({ code: "pack-damaged" });
    await expect(drain((await openStoredPack(full)).read())).rejects.toMatchObject({ code: "pack-damaged" });
    await backup.close();
  });
});

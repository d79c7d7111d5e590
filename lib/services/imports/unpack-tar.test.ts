import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { unpackTar } from "./unpack-tar.ts";

let root: string;
let target: string;
let from: string;
/** The head of an archive as a table of contents has it, in the layout that both directories and tars carry. */
const toc = Buffer.concat([Buffer.from("PGDMP\x01\x10\0\x04\x08\x03\0", "latin1"), Buffer.alloc(2000, 1)]);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "lifeboat-tar-"));
  target = join(root, "target");
  from = join(root, "from");
  mkdirSync(target);
  mkdirSync(from);
});
afterEach(() => rm(root, { recursive: true, force: true }));

function tar(...args: string[]): Buffer {
  return execFileSync("tar", ["-C", from, "-cf", "-", ...args], { maxBuffer: 1e8 });
}

async function unpack(bytes: Buffer, piece = 700) {
  return unpackTar(
    (async function* () {
      for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
    })(),
    target,
  );
}

it("takes out the files of an archive and nothing else", async () => {
  mkdirSync(join(from, "dump"));
  const data = Buffer.alloc(5000, 7);
  for (const [name, bytes] of [
    ["toc.dat", toc],
    ["17.dat", data],
    ["18.dat.gz", Buffer.alloc(0)],
    ["notes.txt", data],
  ] as const) {
    writeFileSync(join(from, "dump", name), bytes);
  }
  symlinkSync("/etc/passwd", join(from, "dump", "19.dat"));
  expect(await unpack(tar("dump"))).toEqual({ layout: "tar", files: 3 });
  expect(readdirSync(target).sort()).toEqual(["17.dat", "18.dat.gz", "toc.dat"]);
  expect([readFileSync(join(target, "17.dat")).equals(data), readFileSync(join(target, "toc.dat")).equals(toc)]).toEqual([true, true]);
  expect(statSync(join(target, "17.dat")).mode & 0o777).toBe(0o600);
});

it("writes nowhere else, whatever the names say", async () => {
  for (const name of ["toc.dat", "17.dat"]) writeFileSync(join(from, name), toc);
  const hostile = tar("--transform=s,17.dat,../../17.dat,", "-P", "toc.dat", "17.dat");
  expect(await unpack(hostile)).toEqual({ layout: "tar", files: 1 });
  expect([readdirSync(target), readdirSync(root).sort()]).toEqual([["toc.dat"], ["from", "target"]]);
  mkdirSync(join(from, "again"));
  writeFileSync(join(from, "again", "toc.dat"), toc);
  await rm(join(target, "toc.dat"));
  await expect(unpack(tar("toc.dat", "again/toc.dat"))).rejects.toMatchObject({
    code: "stream-cut",
    params: { detail: "the tar has toc.dat twice" },
  });
});

it("refuses a tar that is cut, damaged, or without a table of contents", async () => {
  writeFileSync(join(from, "toc.dat"), toc);
  const good = tar("toc.dat");
  await expect(unpack(good.subarray(0, 1500))).rejects.toMatchObject({ params: { detail: "the tar ends inside a file" } });
  await rm(join(target, "toc.dat"));
  const damaged = Buffer.from(good);
  damaged[3]! ^= 1;
  await expect(unpack(damaged)).rejects.toMatchObject({
    code: "stream-cut",
    params: { detail: expect.stringContaining("damaged header") as string },
  });
  writeFileSync(join(from, "17.dat"), toc);
  await expect(unpack(tar("17.dat"))).rejects.toMatchObject({
    params: { detail: expect.stringContaining("no table of contents") as string },
  });
});

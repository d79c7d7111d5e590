import { randomBytes } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sniffFile } from "./sniff-file.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lifeboat-sniff-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const sqlite = Buffer.concat([Buffer.from("SQLite format 3\0"), Buffer.alloc(4000)]);
const script = Buffer.from(`set a = 1;\n${"-- padding\n".repeat(50_000)}`);

it.each([
  ["plain", script, { format: "pg-plain", wrapping: "none" }],
  ["gzip", gzipSync(script), { format: "pg-plain", wrapping: "gzip" }],
  ["zstd", zstdCompressSync(script), { format: "pg-plain", wrapping: "zstd" }],
  ["a database in zstd", zstdCompressSync(sqlite), { format: "sqlite", wrapping: "zstd" }],
  ["gzip in gzip", gzipSync(gzipSync(script)), { kind: "nothing", found: "gzip inside gzip" }],
  ["gzip of noise", gzipSync(randomBytes(200_000)), { kind: "nothing" }],
  [
    "gzip's magic and nothing else",
    Buffer.from([0x1f, 0x8b, 1, 2, 3]),
    { kind: "nothing", found: expect.stringContaining("damaged") as string },
  ],
  ["nothing", Buffer.alloc(0), { kind: "nothing", found: "it is empty" }],
])("tells %s by its content", async (name, bytes, expected) => {
  const path = join(folder, `${name}.dump`);
  writeFileSync(path, bytes);
  expect(await sniffFile(path)).toMatchObject(expected);
});

it("unpacks no more of a bomb than it looks at", async () => {
  // Twelve gigabytes of zeros: unpacked they would take minutes and more memory than there is.
  const layer = zstdCompressSync(Buffer.alloc(256 * 1024 * 1024));
  const path = join(folder, "bomb");
  writeFileSync(path, Buffer.concat(Array.from({ length: 48 }, () => layer)));
  const startedMs = performance.now();
  expect(await sniffFile(path)).toMatchObject({ kind: "nothing" });
  expect(performance.now() - startedMs).toBeLessThan(2_000);
});

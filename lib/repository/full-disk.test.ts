import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCodecPool } from "./codec-pool.ts";
import { spoolStream } from "./spool-stream.ts";
import { rowsOf, storeFull } from "./pack-fixture.ts";

// FAULTS.md line 4 on a real file system of 2 MiB. Mounting takes root on Linux.
const folder = mkdtempSync(join(tmpdir(), "lifeboat-full-disk-"));
const small = join(folder, "small");

function tryMount(): boolean {
  try {
    execFileSync("mkdir", [small]);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", small], { stdio: "pipe" });
    return true;
  } catch {
    return false;
  }
}
const mounted = tryMount();
const pool = createCodecPool({ threads: 1 });
const signal = new AbortController().signal;

afterAll(async () => {
  await pool.close();
  if (mounted) execFileSync("umount", [small]);
  await rm(folder, { recursive: true, force: true });
});

describe.skipIf(!mounted)(`a disk of 2 MiB${mounted ? "" : " (mounting needs root on Linux)"}`, () => {
  beforeAll(() => mkdir(join(small, "spool"), { mode: 0o700 }));

  it("refuses a pack that does not fit, says so with numbers and keeps no part of it", async () => {
    const root = join(small, "backups");
    await mkdir(root);
    const bytes = Buffer.from(Uint32Array.from({ length: 1_000_000 }, (_, at) => Math.imul(at, 2_654_435_761)).buffer);
    await expect(storeFull({ root, bytes, pool })).rejects.toMatchObject({
      code: "no-space",
      params: { freeBytes: expect.any(Number), neededBytes: expect.any(Number) },
    });
    expect(await readdir(join(root, ".incoming"))).toEqual([]);
    await rm(root, { recursive: true });
  });

  it("refuses to spool a stream that is larger before the first byte, and one that no longer fits after it", async () => {
    const large = await storeFull({ root: join(folder, "large"), bytes: rowsOf(3_000_000), pool });
    const toPath = join(small, "spool", "s");
    await expect(spoolStream({ ...large, toPath, signal, pool })).rejects.toMatchObject({
      code: "no-space",
      params: { path: toPath, neededBytes: 3_000_000 },
    });
    expect(await readdir(join(small, "spool"))).toEqual([]);

    const fitting = await storeFull({ root: join(folder, "fitting"), bytes: rowsOf(1_900_000), pool });
    // Somebody else fills the disk while the stream is on its way.
    const readAll = fitting.storage.readAll.bind(fitting.storage);
    const storage = {
      ...fitting.storage,
      async *readAll(key: string, stop?: AbortSignal) {
        await writeFile(join(small, "other"), new Uint8Array(1_000_000));
        yield* readAll(key, stop);
      },
    };
    await expect(spoolStream({ ...fitting, storage, toPath, signal, pool })).rejects.toMatchObject({
      code: "no-space",
      params: { path: toPath },
    });
    expect(await readdir(join(small, "spool"))).toEqual([]);
  });
});

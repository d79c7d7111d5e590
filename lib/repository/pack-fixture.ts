import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { StreamChunk } from "../engines/port.ts";
import { createLocalStorage } from "../storage/local/local-storage.ts";
import type { Storage } from "../storage/port.ts";
import type { CodecPool } from "./codec-pool.ts";
import type { WrittenPack } from "./port.ts";
import type { ExpectedStream } from "./read-pack.ts";
import type { ExpectedPack } from "./reread-pack.ts";
import { writeFullPack } from "./write-full.ts";

/** Text like `COPY` data, reproducible: it compresses like a dump, and every row differs. */
export function rowsOf(bytes: number, start = 1): Buffer {
  const rows: string[] = [];
  let length = 0;
  let state = start >>> 0 || 1;
  while (length < bytes) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const row = `${rows.length}\tcustomer ${state % 9973}\tuser${state % 100_003}@example.org\t${(state % 100_000) / 100}\t\\N\n`;
    rows.push(row);
    length += row.length;
  }
  return Buffer.from(rows.join("")).subarray(0, bytes);
}

export async function* inChunks(bytes: Uint8Array, size = 65_536): AsyncIterable<StreamChunk> {
  for (let at = 0; at < bytes.length; at += size) yield { bytes: bytes.subarray(at, at + size), cut: at === 0 };
}

export type StoredFull = { readonly storage: Storage; readonly path: string; readonly pack: ExpectedPack; readonly stream: ExpectedStream };

/** A published full in a folder, with what the catalogue would know of it. */
export async function storeFull(options: {
  root: string;
  bytes: Uint8Array;
  pool: CodecPool;
  key?: string;
  averageSegmentBytes?: number;
  level?: number;
}): Promise<StoredFull> {
  const storage = createLocalStorage({ root: options.root });
  const key = options.key ?? "shop/chn_1/shop.dump.zst";
  const written: WrittenPack = await writeFullPack(
    {
      storage,
      key,
      packId: "pck_1",
      backupId: "bkp_1",
      chain: { chainId: "chn_1", seed: "00112233445566778899aabbccddeeff", averageSegmentBytes: options.averageSegmentBytes ?? 65_536 },
      token: "run_1.1",
      streamName: "base",
      chunks: inChunks(options.bytes),
      signal: new AbortController().signal,
      onProgress: () => undefined,
    },
    { pool: options.pool, level: options.level },
  );
  await written.publish();
  return { storage, path: join(options.root, key), pack: written.pack, stream: written.stream };
}

/** Changes a stored file behind the storage's back. */
export async function tamper(path: string, change: (bytes: Buffer) => Uint8Array): Promise<void> {
  await writeFile(path, change(await readFile(path)));
}

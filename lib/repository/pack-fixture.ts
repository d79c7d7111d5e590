import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BackupKind } from "../domain/backup-state.ts";
import type { StreamChunk } from "../engines/port.ts";
import { createLocalStorage } from "../storage/local/local-storage.ts";
import type { Storage } from "../storage/port.ts";
import { openChainBase } from "./chain-base.ts";
import type { CodecPool } from "./codec-pool.ts";
import type { KnownBackup, PackRef, StreamFacts, WrittenPack } from "./port.ts";
import { writePack } from "./write-pack.ts";

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

/** A published pack in a folder: what the catalogue would know of it, and of its stream. */
export type StoredPack = {
  readonly storage: Storage;
  readonly path: string;
  readonly pack: PackRef;
  readonly stream: StreamFacts;
  /** How readers get to know it. */
  readonly backup: KnownBackup;
  readonly written: WrittenPack;
};
export type StoredFull = StoredPack;

export const fixtureChain = { chainId: "chn_1", seed: "00112233445566778899aabbccddeeff", averageSegmentBytes: 65_536 };

/** A published full. */
export function storeFull(options: {
  root: string;
  bytes: Uint8Array;
  pool: CodecPool;
  key?: string;
  averageSegmentBytes?: number;
  level?: number;
  name?: string;
}): Promise<StoredPack> {
  return storePack({ ...options, name: options.name ?? "1", key: options.key ?? "shop/chn_1/shop.dump.zst", base: null });
}

/** A published pack named `pck_<name>` of backup `bkp_<name>`: a member when it has packs that it may refer to. */
export async function storePack(options: {
  root: string;
  name: string;
  bytes: Uint8Array | AsyncIterable<StreamChunk>;
  pool: CodecPool;
  base: readonly PackRef[] | null;
  kind?: BackupKind;
  key?: string;
  averageSegmentBytes?: number;
  level?: number;
}): Promise<StoredPack> {
  const { name, bytes, base } = options;
  const storage = createLocalStorage({ root: options.root });
  const key = options.key ?? `shop/chn_1/shop_${name}.dump.zst`;
  const { signal } = new AbortController();
  const written = await writePack(
    {
      storage,
      key,
      packId: `pck_${name}`,
      backupId: `bkp_${name}`,
      kind: options.kind ?? (base === null ? "full" : "incremental"),
      base: base === null ? null : await openChainBase(storage, base, signal),
      chain: { ...fixtureChain, averageSegmentBytes: options.averageSegmentBytes ?? fixtureChain.averageSegmentBytes },
      token: "run_1.1",
      streamName: "base",
      chunks: bytes instanceof Uint8Array ? inChunks(bytes) : bytes,
      signal,
      onProgress: () => undefined,
    },
    { pool: options.pool, level: options.level },
  );
  await written.publish();
  return { storage, path: join(options.root, key), ...storedFacts(`bkp_${name}`, written), written };
}

/** What the catalogue keeps of a written pack. */
export function storedFacts(backupId: string, written: WrittenPack): Pick<StoredPack, "pack" | "stream" | "backup"> {
  const pack = { ...written.pack, backupId };
  return { pack, stream: written.stream, backup: { backupId, pack, needs: written.needs, stream: written.stream } };
}

/** Changes a stored file behind the storage's back. */
export async function tamper(path: string, change: (bytes: Buffer) => Uint8Array): Promise<void> {
  await writeFile(path, change(await readFile(path)));
}

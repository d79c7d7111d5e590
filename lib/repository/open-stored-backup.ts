import { createHash } from "node:crypto";
import { LifeboatError } from "#lib/domain/error";
import type { Storage } from "../storage/port.ts";
import { type CodecPool, createCodecPool } from "./codec-pool.ts";
import { openMember, openOwnPack } from "./open-member.ts";
import type { KnownBackup, PackRef } from "./port.ts";
import { assertRange, type ByteRange, openStreamReader } from "./stream-reader.ts";

/** A file that is served: reads are independent of each other; `close` when the last one is over. */
export interface StoredFile {
  readonly bytes: number;
  /** The whole of it, or a part. */
  read(range?: ByteRange, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

export type OpenStoredBackupRequest = {
  readonly storage: Storage;
  readonly backup: KnownBackup;
  /** Shared threads; without it the backup has one of its own until `close`. */
  readonly pool?: CodecPool;
};

/**
 * Opens a backup's plain stream, a chain member's too, with two range reads a pack: every segment is checked before its bytes are handed out. Throws
 * `pack-missing`, `pack-truncated`, `pack-damaged`, `chain-broken`, `stream-mismatch`.
 */
export async function openStoredBackup({ storage, backup, pool: shared }: OpenStoredBackupRequest): Promise<StoredFile> {
  const member = await openMember(storage, backup);
  const pool = shared ?? createCodecPool({ threads: 1 });
  const reader = openStreamReader({ storage, member, pool });
  return {
    bytes: reader.bytes,
    read: (range = { offset: 0, length: reader.bytes }, signal) => reader.readRange(range, signal),
    async close() {
      if (shared === undefined) await pool.close();
    },
  };
}

const storedBlockBytes = 1024 * 1024;

/** Opens a pack as it is stored. Read as a whole, the last piece is held back until the SHA-256 agreed. Throws as `openOwnPack`. */
export async function openStoredPack({ storage, pack }: { storage: Storage; pack: PackRef }): Promise<StoredFile> {
  const { packBytes: bytes } = await openOwnPack(storage, pack);
  return {
    bytes,
    read(range = { offset: 0, length: bytes }, signal) {
      assertRange(range, bytes);
      const isWhole = range.offset === 0 && range.length === bytes;
      return readStoredBytes({ storage, key: pack.key, range, sha256: isWhole ? pack.storedSha256 : null }, signal);
    },
    close: async () => undefined,
  };
}

type StoredRead = { storage: Storage; key: string; range: ByteRange; sha256: string | null };

async function* readStoredBytes({ storage, key, range, sha256 }: StoredRead, signal?: AbortSignal): AsyncIterable<Uint8Array> {
  const hash = createHash("sha256");
  const end = range.offset + range.length;
  for (let offset = range.offset; offset < end; offset += storedBlockBytes) {
    signal?.throwIfAborted();
    const block = await storage.readRange(key, offset, Math.min(storedBlockBytes, end - offset));
    if (sha256 !== null) hash.update(block);
    if (sha256 !== null && offset + block.length === end && hash.digest("hex") !== sha256) {
      throw new LifeboatError("pack-damaged", { key, detail: "the SHA-256 of the pack differs" });
    }
    yield block;
  }
}

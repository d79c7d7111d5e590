import { createHash } from "node:crypto";
import { LifeboatError } from "#lib/domain/error";
import type { Storage } from "../storage/port.ts";
import { type CodecPool, createCodecPool } from "./codec-pool.ts";
import { type ExpectedStream, findStream, openPack } from "./read-pack.ts";
import { assertRange, type ByteRange, openStreamReader } from "./stream-reader.ts";

export type OpenStoredBackupRequest = {
  readonly storage: Storage;
  readonly key: string;
  readonly streamName: string;
  /** What the catalogue says; with it a swapped or damaged pack is refused at once, or before its last byte is handed out. */
  readonly packBytes?: number;
  readonly packSha256?: string;
  readonly stream?: ExpectedStream;
  /** Shared threads; without it the backup has one of its own until `close`. */
  readonly pool?: CodecPool;
};

/** A stored backup that is open for downloads. Reads are independent of each other; `close` when the last one is over. */
export interface StoredBackup {
  readonly streamBytes: number;
  /** Hex, of the stream. */
  readonly sha256: string;
  readonly rootHash: string;
  readonly packBytes: number;
  /** The plain stream, or a part of it: every segment is checked before its bytes are handed out. */
  read(range?: ByteRange, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** The pack as it is stored, or a part of it. Read as a whole with `packSha256` known, the last piece is held back until that agreed. */
  readStored(range?: ByteRange, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

const storedBlockBytes = 1024 * 1024;

/** Opens a stored backup with at most two range reads. Throws `pack-missing`, `pack-truncated`, `pack-damaged`, `stream-mismatch`. */
export async function openStoredBackup(request: OpenStoredBackupRequest): Promise<StoredBackup> {
  const { storage, key } = request;
  const pack = await openPack(storage, key, request.packBytes ?? null);
  const stream = findStream(pack, request.streamName, request.stream ?? null);
  const pool = request.pool ?? createCodecPool({ threads: 1 });
  const reader = openStreamReader({ storage, pack, stream, pool });
  return {
    streamBytes: stream.bytes,
    sha256: stream.sha256,
    rootHash: stream.rootHash,
    packBytes: pack.packBytes,
    read: (range = { offset: 0, length: stream.bytes }, signal) => reader.readRange(range, signal),
    readStored(range = { offset: 0, length: pack.packBytes }, signal) {
      assertRange(range, pack.packBytes);
      const isWhole = range.offset === 0 && range.length === pack.packBytes;
      return readStoredBytes({ storage, key, range, sha256: isWhole ? (request.packSha256 ?? null) : null }, signal);
    },
    async close() {
      if (request.pool === undefined) await pool.close();
    },
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

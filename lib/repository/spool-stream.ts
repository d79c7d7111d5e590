import { type FileHandle, open, rm, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { LifeboatError } from "#lib/domain/error";
import { toFileError } from "../storage/file-error.ts";
import type { Storage } from "../storage/port.ts";
import { type CodecPool, createCodecPool } from "./codec-pool.ts";
import { type ExpectedStream, findStream, openPack } from "./read-pack.ts";
import type { ExpectedPack } from "./reread-pack.ts";
import { scanPack } from "./scan-pack.ts";

export type SpoolRequest = {
  readonly storage: Storage;
  readonly pack: ExpectedPack;
  readonly stream: ExpectedStream;
  /** A new file in a private folder (0700); it must not exist. Created 0600. */
  readonly toPath: string;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: { streamBytes: number }) => void;
  readonly pool?: CodecPool;
};

/**
 * Writes a stream into a seekable file for `pg_restore`. It resolves only when the pack's SHA-256, every segment, the root hash
 * and the flat hash agreed, so nothing unchecked can reach a target; otherwise the file is removed and it throws `pack-missing`,
 * `pack-truncated`, `pack-damaged` or `stream-mismatch`. `no-space` comes before the first byte when the folder is too small.
 */
export async function spoolStream(request: SpoolRequest): Promise<void> {
  const pool = request.pool ?? createCodecPool();
  const folder = dirname(request.toPath);
  let neededBytes = request.stream.bytes;
  let handle: FileHandle | null = null;
  try {
    const { storage, signal } = request;
    const pack = await openPack(storage, request.pack.key, request.pack.storedBytes);
    findStream(pack, request.stream.name, request.stream);
    await assertRoom(request.toPath, folder, request.stream.bytes);
    handle = await open(request.toPath, "wx", 0o600);
    const target = handle;
    const scan = await scanPack({
      storage,
      pack,
      pool,
      signal,
      onProgress: ({ streamBytes }) => request.onProgress?.({ streamBytes }),
      async onBytes(stream, bytes) {
        if (stream.name !== request.stream.name) return;
        await writeAll(target, bytes);
        neededBytes -= bytes.length;
      },
    });
    if (scan.failure !== null) throw scan.failure;
    if (scan.packSha256 !== request.pack.storedSha256) {
      const detail = `SHA-256 ${scan.packSha256} instead of ${request.pack.storedSha256}`;
      throw new LifeboatError("pack-damaged", { key: request.pack.key, detail });
    }
    const flat = scan.streams?.find((each) => each.name === request.stream.name)?.sha256 ?? "";
    if (flat !== request.stream.sha256) throw new LifeboatError("stream-mismatch", { expected: request.stream.sha256, actual: flat });
    await handle.close();
  } catch (error) {
    // A file that was there before is not ours to remove.
    if (handle !== null) {
      await handle.close().catch(() => undefined);
      await rm(request.toPath, { force: true });
    }
    throw await toFileError(error, { path: request.toPath, folder, neededBytes });
  } finally {
    if (request.pool === undefined) await pool.close();
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let offset = 0;
  while (offset < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, offset, bytes.length - offset);
    offset += bytesWritten;
  }
}

async function assertRoom(path: string, folder: string, neededBytes: number): Promise<void> {
  const facts = await statfs(folder);
  const freeBytes = facts.bavail * facts.bsize;
  if (freeBytes < neededBytes) throw new LifeboatError("no-space", { path, freeBytes, neededBytes });
}

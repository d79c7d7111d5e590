import { type FileHandle, open, rm, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { LifeboatError } from "#lib/domain/error";
import { toFileError } from "../storage/file-error.ts";
import type { Storage } from "../storage/port.ts";
import { type CodecPool, createCodecPool } from "./codec-pool.ts";
import { openMember } from "./open-member.ts";
import type { KnownBackup } from "./port.ts";
import { rebuildStream } from "./rebuild-stream.ts";

export type SpoolRequest = {
  readonly storage: Storage;
  readonly backup: KnownBackup;
  /** A new file in a private folder (0700); it must not exist. Created 0600. */
  readonly toPath: string;
  readonly signal: AbortSignal;
  readonly onProgress?: (streamBytes: number) => void;
  readonly pool?: CodecPool;
};

/**
 * Writes a stream into a seekable file for `pg_restore`. It resolves only when the own pack's SHA-256, every segment of the recipe, the root
 * hash and the flat hash agreed, so nothing unchecked can reach a target; otherwise the file is removed and it throws `pack-missing`,
 * `pack-truncated`, `pack-damaged`, `chain-broken` or `stream-mismatch`. `no-space` comes before the first byte when the folder is too small.
 */
export async function spoolStream(request: SpoolRequest): Promise<void> {
  const pool = request.pool ?? createCodecPool();
  const folder = dirname(request.toPath);
  const { storage, signal, backup, onProgress } = request;
  let neededBytes = backup.stream.bytes;
  let handle: FileHandle | null = null;
  try {
    const member = await openMember(storage, backup);
    await assertRoom(request.toPath, folder, neededBytes);
    handle = await open(request.toPath, "wx", 0o600);
    const target = handle;
    const onBytes = async (bytes: Uint8Array) => {
      await writeAll(target, bytes);
      neededBytes -= bytes.length;
    };
    const rebuilt = await rebuildStream({ storage, member, pool, signal, onBytes, onProgress });
    if (rebuilt.failure !== null) throw rebuilt.failure;
    const { storedSha256, key } = backup.pack;
    if (rebuilt.packSha256 !== storedSha256) {
      throw new LifeboatError("pack-damaged", { key, detail: `SHA-256 ${rebuilt.packSha256} instead of ${storedSha256}` });
    }
    if (rebuilt.sha256 !== backup.stream.sha256) {
      throw new LifeboatError("stream-mismatch", { expected: backup.stream.sha256, actual: rebuilt.sha256 });
    }
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

import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { lstat, open } from "node:fs/promises";
import { pipeline, Readable } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { LifeboatError } from "#lib/domain/error";
import type { RunWork } from "../runs/work.ts";
import type { ImportRow } from "./dto.ts";
import { importPath } from "./import-file.ts";
import type { Wrapping } from "./sniff-file.ts";
import { zstdFrames } from "./zstd-frames.ts";

const chunkBytes = 1024 * 1024;
/** Room that stays on a disk that a file is unpacked to. */
const reserveBytes = 256 * 1024 * 1024;

/** A file from elsewhere, open for reading: whatever is put in its place meanwhile is not read. */
export type OpenImport = {
  readonly path: string;
  readonly file: FileHandle;
  readonly bytes: number;
  /** Its bytes as they are, from the first one; can be asked for again. */
  readonly read: (signal: AbortSignal) => AsyncIterable<Buffer>;
  /** Throws `file-changed` { path } when somebody wrote to it, or put another in its place, since it was opened. */
  readonly assertUnchanged: () => Promise<void>;
};

/** Opens an upload, or a file of an allowed folder. The caller closes it. Throws `file-missing`, `file-outside`, `file-changed`. */
export async function openImport({ deps }: RunWork, row: ImportRow): Promise<OpenImport> {
  const { path, file } = row.origin === "folder" ? await deps.imports.open(row.path ?? "") : await openUpload(deps.imports.folder, row.id);
  const before = await file.stat({ bigint: true });
  const bytes = Number(before.size);
  if (row.origin === "upload" && bytes !== row.bytes) {
    await file.close();
    throw new LifeboatError("import-incomplete", { receivedBytes: bytes, bytes: row.bytes });
  }
  return {
    path,
    file,
    bytes,
    read: (signal) => readFrom(file, bytes, signal),
    assertUnchanged: async () => {
      const after = await file.stat({ bigint: true });
      const named = await lstat(path, { bigint: true }).catch(() => null);
      const isSame = (other: typeof after | null) =>
        other !== null &&
        other.dev === before.dev &&
        other.ino === before.ino &&
        other.size === before.size &&
        other.mtimeNs === before.mtimeNs;
      if (!isSame(after) || !isSame(named)) throw new LifeboatError("file-changed", { path });
    },
  };
}

async function openUpload(folder: string, id: string): Promise<{ path: string; file: FileHandle }> {
  const path = importPath(folder, id);
  const file = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") throw new LifeboatError("file-missing", { path }, { cause: error });
    throw error;
  });
  return { path, file };
}

async function* readFrom(file: FileHandle, bytes: number, signal: AbortSignal): AsyncIterable<Buffer> {
  for (let at = 0; at < bytes;) {
    signal.throwIfAborted();
    const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, bytes - at));
    const { bytesRead } = await file.read(chunk, 0, chunk.length, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield chunk.subarray(0, bytesRead);
  }
}

/** Passes bytes on and hashes them; `digest` is known at the end. */
export function hashing(source: AsyncIterable<Buffer>, onBytes: (bytes: number) => void) {
  const hash = createHash("sha256");
  let bytes = 0;
  return {
    chunks: (async function* () {
      for await (const chunk of source) {
        hash.update(chunk);
        bytes += chunk.length;
        onBytes(bytes);
        yield chunk;
      }
    })(),
    digest: () => hash.digest("hex"),
    bytes: () => bytes,
  };
}

/**
 * Takes off one layer of compression. What it expands to is bounded by what `freeBytes` leaves: throws `no-space` before a disk is full,
 * `stream-cut` { detail } for what is damaged or cut.
 */
export async function* unwrap(
  source: AsyncIterable<Buffer>,
  wrapping: Wrapping,
  bound: { readonly path: string; readonly freeBytes: () => Promise<number> },
): AsyncIterable<Buffer> {
  if (wrapping === "none") return yield* source;
  const unpack = wrapping === "gzip" ? createGunzip({ chunkSize: 262_144 }) : createZstdDecompress({ chunkSize: 262_144 });
  let failure: unknown = null;
  // As objects: pieces stay the pieces that they are.
  const packed =
    wrapping === "gzip" ? Readable.from(source, { objectMode: false }) : Readable.from(zstdFrames(source), { highWaterMark: 1 });
  pipeline(packed, unpack, (error) => (failure = error));
  let sinceLook = Infinity;
  try {
    for await (const chunk of unpack as AsyncIterable<Buffer>) {
      sinceLook += chunk.length;
      if (sinceLook > 32 * chunkBytes) {
        sinceLook = 0;
        const freeBytes = await bound.freeBytes();
        if (freeBytes < reserveBytes) throw new LifeboatError("no-space", { path: bound.path, freeBytes, neededBytes: reserveBytes });
      }
      yield chunk;
    }
  } catch (error) {
    if (error instanceof LifeboatError) throw error;
    if (failure instanceof LifeboatError) throw failure;
    throw new LifeboatError("stream-cut", { detail: `it cannot be unpacked (${wrapping})` }, { cause: error });
  } finally {
    unpack.destroy();
  }
}

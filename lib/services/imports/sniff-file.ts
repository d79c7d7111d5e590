import { type FileHandle, open } from "node:fs/promises";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { detectFirstBytes, detectTar, type FirstBytes, firstBytesNeeded, isPackEnd, packEndBytes } from "#lib/domain/detect-format";
import type { ImportFormat } from "#lib/domain/import-state";

/** `none`: the bytes are the format itself; else it lies inside one layer of compression. */
export type Wrapping = "none" | "gzip" | "zstd";

export type Sniffed =
  | { readonly kind: "format"; readonly format: ImportFormat; readonly takenAt: Date | null; readonly wrapping: Wrapping }
  /** `found` says what it is instead, for people. */
  | { readonly kind: "nothing"; readonly found: string };

/** Tells what a file is by its first and last bytes. Reads at most 128 KiB of it and unpacks no more than that; throws the file system's errors. */
export async function sniffFile(path: string): Promise<Sniffed> {
  const file = await open(path, "r");
  try {
    return await sniffHandle(file);
  } finally {
    await file.close();
  }
}

/** The same of an open file, whose position does not move. */
export async function sniffHandle(file: FileHandle): Promise<Sniffed> {
  const { size } = await file.stat();
  const head = await readAt(file, 0, Math.min(size, 2 * firstBytesNeeded));
  const first = detectFirstBytes(head);
  if (first.kind === "zstd" && size > packEndBytes && isPackEnd(await readAt(file, size - packEndBytes, packEndBytes))) {
    return { kind: "format", format: "lifeboat-pack", takenAt: null, wrapping: "none" };
  }
  if (first.kind === "tar") return ofInside(detectTar(head), "none");
  if (first.kind !== "gzip" && first.kind !== "zstd") return ofInside(first, "none");
  const inside = await unpackHead(head, first.kind);
  if (inside === null) return { kind: "nothing", found: `damaged at its beginning (${first.kind})` };
  const second = detectFirstBytes(inside);
  return ofInside(second.kind === "tar" ? detectTar(inside) : second, first.kind);
}

function ofInside(first: FirstBytes, wrapping: Wrapping): Sniffed {
  if (first.kind === "nothing") return first;
  if (first.kind === "format") return { ...first, wrapping };
  return { kind: "nothing", found: `${first.kind} inside ${wrapping}` };
}

async function readAt(file: FileHandle, from: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, from + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

/** The first plain bytes of a compressed file's head, bounded whatever it expands to; null when not one can be had. */
async function unpackHead(head: Buffer, wrapping: "gzip" | "zstd"): Promise<Buffer | null> {
  const unpack =
    wrapping === "gzip" ? createGunzip({ chunkSize: firstBytesNeeded }) : createZstdDecompress({ chunkSize: firstBytesNeeded });
  const pieces: Buffer[] = [];
  let bytes = 0;
  // The head is cut: the error at its end is expected, and what came before it is good.
  unpack.on("error", () => undefined);
  unpack.end(head);
  try {
    for await (const piece of unpack as AsyncIterable<Buffer>) {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes >= firstBytesNeeded) break;
    }
  } catch {
    if (bytes === 0) return null;
  }
  unpack.destroy();
  return Buffer.concat(pieces).subarray(0, 2 * firstBytesNeeded);
}

import { open } from "node:fs/promises";
import { LifeboatError } from "#lib/domain/error";
import { alignedBlocks, directBlockBytes, directUnit, openDirect, readDirect } from "./direct-file.ts";

type Range = { readonly path: string; readonly key: string; readonly offset: number; readonly length: number; readonly into?: Uint8Array };

/** Reads a range through the page cache. Throws `pack-truncated` and what the system says. */
export async function readRange({ path, key, offset, length, into }: Range): Promise<Uint8Array> {
  const handle = await open(path, "r");
  try {
    const bytes = memoryFor(length, into);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
      if (bytesRead === 0) throw truncated(key, offset + length, (await handle.stat()).size);
      filled += bytesRead;
    }
    return bytes;
  } finally {
    await handle.close();
  }
}

function memoryFor(length: number, into: Uint8Array | undefined): Uint8Array {
  return into !== undefined && into.length >= length ? into.subarray(0, length) : Buffer.allocUnsafeSlow(length);
}

function truncated(key: string, expectedBytes: number, actualBytes: number): LifeboatError {
  return new LifeboatError("pack-truncated", { key, expectedBytes, actualBytes });
}

/** Reads a range from the disk rather than from the page cache where the file system allows it, elsewhere through the cache. */
export async function readRangeUncached(range: Range): Promise<Uint8Array> {
  const { path, key, offset, length, into } = range;
  const handle = await openDirect(path);
  if (handle === null) return readRange(range);
  const block = await takeBlock();
  try {
    if (block === null) return await readRange(range);
    const bytes = memoryFor(length, into);
    for (let filled = 0; filled < length;) {
      const start = floor(offset + filled);
      const wanted = Math.min(directBlockBytes, floor(offset + length - start + directUnit - 1));
      const bytesRead = await readDirect(handle, block, wanted, start);
      if (bytesRead === null) return await readRange(range);
      const piece = block.subarray(offset + filled - start, Math.min(bytesRead, offset + length - start));
      if (piece.length === 0) throw truncated(key, offset + length, (await handle.stat()).size);
      bytes.set(piece, filled);
      filled += piece.length;
    }
    return bytes;
  } finally {
    if (block !== null) giveBlock(block);
    await handle.close();
  }
}

const floor = (position: number) => Math.floor(position / directUnit) * directUnit;

/** Reads at once that have memory of their own; the others wait for theirs. */
const mostAtOnce = 4;
let blocks: Uint8Array[] | null | undefined;
const waiting: ((block: Uint8Array) => void)[] = [];

async function takeBlock(): Promise<Uint8Array | null> {
  blocks ??= blocks === null ? null : alignedBlocks(mostAtOnce);
  if (blocks === null) return null;
  return blocks.pop() ?? new Promise((resolve) => waiting.push(resolve));
}

function giveBlock(block: Uint8Array): void {
  const next = waiting.shift();
  if (next === undefined) blocks?.push(block);
  else next(block);
}

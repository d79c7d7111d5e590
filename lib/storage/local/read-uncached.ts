import { type FileHandle, open } from "node:fs/promises";
import { alignedBlocks, directBlockBytes as blockBytes, openDirect, readDirect } from "./direct-file.ts";

/** Blocks in memory: one with the reader, the others on their way from the disk, which has no read-ahead of its own here. */
const blocks = 3;

/**
 * Reads a whole file in order, in chunks of at most 1 MiB, from the disk rather than from the page cache where the file system
 * allows it (Linux, O_DIRECT); elsewhere through the cache. A chunk is valid until the next one is asked for.
 */
export async function* readUncached(path: string, signal?: AbortSignal): AsyncIterable<Uint8Array> {
  const direct = await openDirect(path);
  const aligned = direct === null ? null : alignedBlocks(blocks);
  let position = 0;
  if (direct !== null && aligned === null) await direct.close();
  if (direct !== null && aligned !== null) {
    for await (const block of readBlocks(direct, aligned, signal)) {
      // The file system refused a direct read (some take the flag and fail later): go on through the cache from where it stopped.
      if (block === null) break;
      if (block.length === 0) return;
      position += block.length;
      yield block;
    }
  }
  const memory = Array.from({ length: blocks }, () => Buffer.allocUnsafeSlow(blockBytes));
  const handle = await open(path, "r");
  for await (const block of readBlocks(handle, memory, signal, position)) {
    if (block === null || block.length === 0) return;
    yield block;
  }
}

/**
 * Blocks from `position` on, the next ones already asked for, then an empty one; null when the file refuses such reads. A short read
 * may only end the file: what was read behind it is asked for again. Closes the handle.
 */
async function* readBlocks(
  handle: FileHandle,
  memory: readonly Uint8Array[],
  signal: AbortSignal | undefined,
  position = 0,
): AsyncIterable<Uint8Array | null> {
  const underway: { into: Uint8Array; bytesRead: Promise<number | null> }[] = [];
  const free = [...memory];
  let asked = position;
  let done = position;
  try {
    for (;;) {
      signal?.throwIfAborted();
      for (const into of free.splice(0)) {
        const bytesRead = readDirect(handle, into, into.length, asked);
        // Awaited in order later; until then a rejection must not count as unhandled.
        bytesRead.catch(() => undefined);
        underway.push({ into, bytesRead });
        asked += into.length;
      }
      const oldest = underway.shift()!;
      const bytesRead = await oldest.bytesRead;
      if (bytesRead === null) {
        yield null;
        return;
      }
      done += bytesRead;
      yield oldest.into.subarray(0, bytesRead);
      if (bytesRead === 0) return;
      free.push(oldest.into);
      if (done === asked - underway.length * blockBytes) continue;
      await Promise.all(underway.map((each) => each.bytesRead));
      free.push(...underway.splice(0).map((each) => each.into));
      asked = done;
    }
  } finally {
    await Promise.allSettled(underway.map((each) => each.bytesRead));
    await handle.close();
  }
}

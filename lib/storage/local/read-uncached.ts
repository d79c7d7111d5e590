import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

const blockBytes = 1024 * 1024;

/**
 * Reads a whole file in order, in chunks of at most 1 MiB, from the disk rather than from the page cache where the file system
 * allows it (Linux, O_DIRECT); elsewhere through the cache. The chunks belong to the caller.
 */
export async function* readUncached(path: string, signal?: AbortSignal): AsyncIterable<Uint8Array> {
  const direct = await openDirect(path);
  let position = 0;
  if (direct !== null) {
    try {
      for (;;) {
        signal?.throwIfAborted();
        const bytesRead = await direct.read(position);
        if (bytesRead === null) break;
        if (bytesRead.length === 0) return;
        position += bytesRead.length;
        yield bytesRead;
      }
    } finally {
      await direct.close();
    }
  }
  // The file system refused a direct read (some take the flag and fail later): go on through the cache from where it stopped.
  const handle = await open(path, "r");
  try {
    for (;;) {
      signal?.throwIfAborted();
      const block = Buffer.allocUnsafeSlow(blockBytes);
      const { bytesRead } = await handle.read(block, 0, blockBytes, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      yield block.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

type DirectFile = { read(position: number): Promise<Uint8Array | null>; close(): Promise<void> };

/** Null where the platform has no direct reads. `read` answers null when this file refuses them. */
async function openDirect(path: string): Promise<DirectFile | null> {
  if (process.platform !== "linux") return null;
  let handle: FileHandle | null = null;
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_DIRECT);
    // O_DIRECT wants page-aligned memory; a WebAssembly memory is the one that JavaScript can ask for with that alignment.
    const pages = blockBytes / 65_536;
    const aligned = new Uint8Array(new WebAssembly.Memory({ initial: pages, maximum: pages }).buffer);
    const opened = handle;
    return {
      async read(position) {
        try {
          const { bytesRead } = await opened.read(aligned, 0, blockBytes, position);
          return Uint8Array.from(aligned.subarray(0, bytesRead));
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === "EINVAL") return null;
          throw error;
        }
      },
      close: () => opened.close(),
    };
  } catch (error) {
    await handle?.close();
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "EINVAL" || code === "EOPNOTSUPP" || error instanceof RangeError) return null;
    throw error;
  }
}

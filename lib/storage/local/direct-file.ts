import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/** O_DIRECT wants memory, positions and lengths at multiples of the device's blocks, which are no larger than this. */
export const directUnit = 4096;
export const directBlockBytes = 1024 * 1024;

/** Opens a file past the page cache; null where the platform or the file system has no direct reads (Linux has). */
export async function openDirect(path: string): Promise<FileHandle | null> {
  if (process.platform !== "linux") return null;
  try {
    return await open(path, constants.O_RDONLY | constants.O_DIRECT);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "EINVAL" || code === "EOPNOTSUPP") return null;
    throw error;
  }
}

/** Page-aligned blocks of 1 MiB: a WebAssembly memory is the one that JavaScript can ask for with that alignment. Null when there is none to be had. */
export function alignedBlocks(count: number): Uint8Array[] | null {
  try {
    const pages = (count * directBlockBytes) / 65_536;
    const { buffer } = new WebAssembly.Memory({ initial: pages, maximum: pages });
    return Array.from({ length: count }, (_, at) => new Uint8Array(buffer, at * directBlockBytes, directBlockBytes));
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Bytes read; null when the file refuses a read of this kind (some file systems take the flag and fail later). */
export async function readDirect(handle: FileHandle, into: Uint8Array, length: number, position: number): Promise<number | null> {
  try {
    return (await handle.read(into, 0, length, position)).bytesRead;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EINVAL") return null;
    throw error;
  }
}

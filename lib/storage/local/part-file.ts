import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { toFileError } from "../file-error.ts";

export type PartWrite = {
  /** A name made by us in a folder of ours; file 0600, folder 0700. */
  readonly path: string;
  /** Where the part begins: so many bytes are kept, whatever an earlier attempt left behind them goes. */
  readonly offset: number;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Bytes that the part still has to bring, for the numbers of `no-space`. */
  readonly neededBytes: number;
};

/**
 * Appends one part to a file and syncs it. Resolves with its length once it is on the disk. Whatever fails, `chunks` included, leaves the
 * file with its first `offset` bytes: a part counts whole or not at all. Throws `no-space`, `read-only`, `io-error` … and what `chunks` throws.
 */
export async function writePart(part: PartWrite): Promise<number> {
  const folder = dirname(part.path);
  let bytes = 0;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = await open(part.path, part.offset === 0 ? "w" : "r+", 0o600);
    try {
      await file.truncate(part.offset);
      try {
        for await (const chunk of part.chunks) {
          for (let done = 0; done < chunk.length;) {
            const { bytesWritten } = await file.write(chunk, done, chunk.length - done, part.offset + bytes);
            done += bytesWritten;
            bytes += bytesWritten;
          }
        }
        await file.datasync();
      } catch (error) {
        await file.truncate(part.offset).catch(() => undefined);
        throw error;
      }
    } finally {
      await file.close();
    }
    return bytes;
  } catch (error) {
    throw await toFileError(error, { path: folder, folder, neededBytes: Math.max(0, part.neededBytes - bytes) });
  }
}

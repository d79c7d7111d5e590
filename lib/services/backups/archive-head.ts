import { type FileHandle, open } from "node:fs/promises";
import type { StreamChunk } from "#lib/engines/port";

/** A table of contents larger than this is listed by a verification instead. */
const maxHeadBytes = 64 * 1024 * 1024;

export type ArchiveHead = {
  /** Passes the chunks on and keeps a copy of what comes before the first table's data. */
  readonly tee: (chunks: AsyncIterable<StreamChunk>) => AsyncIterable<StreamChunk>;
  /** True when the file holds the whole head. */
  readonly isComplete: () => boolean;
};

/**
 * Keeps an archive's header and table of contents in a file while the stream passes: enough for the archive's own listing, which
 * reads no data. `path` must not exist; the caller removes it with the run's folder.
 */
export function keepArchiveHead(path: string): ArchiveHead {
  let complete = false;
  return {
    isComplete: () => complete,
    tee: async function* tee(chunks) {
      let file: FileHandle | null = await open(path, "wx", 0o600);
      let kept = 0;
      try {
        for await (const chunk of chunks) {
          if (file !== null && (chunk.cut || kept + chunk.bytes.length > maxHeadBytes)) {
            complete = chunk.cut && kept > 0;
            if (complete || !chunk.cut) {
              await file.close();
              file = null;
            }
          }
          if (file !== null) {
            await file.write(chunk.bytes);
            kept += chunk.bytes.length;
          }
          yield chunk;
        }
        if (file !== null) complete = true;
      } finally {
        await file?.close();
      }
    },
  };
}

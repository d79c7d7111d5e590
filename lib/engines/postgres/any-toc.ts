import { open } from "node:fs/promises";
import { Cursor, needMore, readHeader, readTocEntry, type TocEntry, UnknownArchive } from "./archive-format.ts";
import { readToc } from "./pg-restore.ts";

const mostBytes = 256 * 1024 * 1024;

/** The entries of an archive, of one with compressed data as well: its table of contents is plain. Null when its version is not known, or it is cut. */
export async function readAnyToc(archivePath: string): Promise<readonly TocEntry[] | null> {
  return (await readToc(archivePath)) ?? (await readFront(archivePath));
}

async function readFront(archivePath: string): Promise<TocEntry[] | null> {
  await using file = await open(archivePath, "r");
  for (let size = 1_048_576; size <= mostBytes; size *= 4) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(size), 0, size, 0);
    try {
      return entriesOf(new Cursor(buffer.subarray(0, bytesRead), 0));
    } catch (error) {
      if (error instanceof UnknownArchive || (error === needMore && bytesRead < size)) return null;
      if (error !== needMore) throw error;
    }
  }
  return null;
}

function entriesOf(cursor: Cursor): TocEntry[] {
  const header = readHeader(cursor, "front");
  const entries: TocEntry[] = [];
  for (let left = cursor.int(); left > 0; left -= 1) entries.push(readTocEntry(cursor, header));
  return entries;
}

import { open } from "node:fs/promises";
import { Cursor, intBytes, needMore, readHeader, readTocEntry } from "./archive-format.ts";

/** Dropped with their table; dropping those of a partition by themselves is an error that stops `pg_restore --clean`. */
const droppedWithTable = new Set(["CONSTRAINT", "INDEX"]);

type Place = { readonly at: number; readonly bytes: Buffer };

/**
 * Makes `pg_restore --clean` leave constraints and indexes to their tables: their drop statements become comments of the same length in
 * the file, which `pg_restore` passes on as they are. Returns what puts the bytes back.
 */
export async function quietDrops(archivePath: string): Promise<() => Promise<void>> {
  const places = dropStatements(await readFront(archivePath));
  await write(
    archivePath,
    places.map(({ at, bytes }) => ({ at, bytes: commentedOut(bytes) })),
  );
  return async () => await write(archivePath, places);
}

/** Header and table of contents, and not much more. */
async function readFront(archivePath: string): Promise<Buffer> {
  await using file = await open(archivePath, "r");
  for (let size = 1_048_576; ; size *= 2) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(size), 0, size, 0);
    const front = buffer.subarray(0, bytesRead);
    if (bytesRead < size || isWhole(front)) return front;
  }
}

function isWhole(front: Buffer): boolean {
  try {
    dropStatements(front);
    return true;
  } catch (error) {
    if (error === needMore) return false;
    throw error;
  }
}

function dropStatements(front: Buffer): Place[] {
  const cursor = new Cursor(front, 0);
  const header = readHeader(cursor, "front");
  const places: Place[] = [];
  for (let left = cursor.int(); left > 0; left -= 1) {
    const entryAt = cursor.offset;
    const { description } = readTocEntry(cursor, header);
    if (!droppedWithTable.has(description)) continue;
    const inner = new Cursor(front, entryAt);
    inner.skip(2 * intBytes); // id, has data
    for (let text = 0; text < 4; text += 1) inner.skipText(); // oids, tag, description
    inner.skip(intBytes); // section
    inner.skipText(); // definition
    const length = inner.int();
    if (length > 2) places.push({ at: inner.offset, bytes: Buffer.from(front.subarray(inner.offset, inner.offset + length)) });
  }
  return places;
}

function commentedOut(statement: Buffer): Buffer {
  const text = statement.toString("latin1").replaceAll("\n", " ");
  return Buffer.from(`--${text.slice(2, -1)}\n`, "latin1");
}

async function write(archivePath: string, places: readonly Place[]): Promise<void> {
  await using file = await open(archivePath, "r+");
  for (const { at, bytes } of places) await file.write(bytes, 0, bytes.length, at);
}

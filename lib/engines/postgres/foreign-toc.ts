import type { FileHandle } from "node:fs/promises";
import { LifeboatError } from "#lib/domain/error";
import { Cursor, needMore } from "./archive-format.ts";

/** `pg_compress_algorithm` of PostgreSQL 16; before, a level other than 0 meant zlib. */
export type ArchiveCompression = "none" | "gzip" | "lz4" | "zstd";
const algorithms: readonly ArchiveCompression[] = ["none", "gzip", "lz4", "zstd"];

export type ForeignEntry = {
  readonly dumpId: number;
  readonly hasData: boolean;
  readonly tag: string;
  readonly description: string;
  readonly namespace: string;
  readonly owner: string;
  readonly definition: string;
  /** Empty where the data are INSERT statements. */
  readonly copy: string;
  readonly tablespace: string;
};

export type ForeignToc = {
  readonly compression: ArchiveCompression;
  readonly database: string;
  readonly serverVersion: string;
  readonly toolVersion: string;
  readonly entries: readonly ForeignEntry[];
  /** Where the first block of data begins. */
  readonly dataOffset: number;
};

const mostTocBytes = 256 * 1024 * 1024;

/**
 * Reads header and table of contents of an archive in custom format (`pg_backup_archiver.c`), versions 1.12 to 1.16. Throws
 * `format-unknown` { detail } for another one, `stream-cut` { detail } when it ends before its table of contents does.
 */
export async function readForeignToc(file: FileHandle): Promise<ForeignToc> {
  const { size } = await file.stat();
  for (let length = Math.min(size, 1024 * 1024); ; length = Math.min(size, length * 4)) {
    const bytes = Buffer.alloc(length);
    await file.read(bytes, 0, length, 0);
    try {
      return readToc(new Cursor(bytes, 0));
    } catch (error) {
      if (error !== needMore) throw error;
      if (length >= size) throw new LifeboatError("stream-cut", { detail: "it ends before its table of contents does" });
      if (length > mostTocBytes) throw new LifeboatError("format-unknown", { detail: `a table of contents above ${mostTocBytes} bytes` });
    }
  }
}

function readToc(cursor: Cursor): ForeignToc {
  cursor.skip(5);
  const [major, minor] = [cursor.byte(), cursor.byte()];
  cursor.byte();
  const [intSize, offsetBytes, format] = [cursor.byte(), cursor.byte(), cursor.byte()];
  if (major !== 1 || minor < 12 || minor > 16 || intSize !== 4 || format !== 1) {
    throw new LifeboatError("format-unknown", { detail: `archive version ${major}.${minor}` });
  }
  const told = minor >= 15 ? cursor.byte() : cursor.int();
  const compression = minor >= 15 ? algorithms[told] : told === 0 ? "none" : "gzip";
  if (compression === undefined) throw new LifeboatError("format-unknown", { detail: `compression ${told}` });
  for (let field = 0; field < 7; field += 1) cursor.int();
  const [database, serverVersion, toolVersion] = [plain(cursor.text()), plain(cursor.text()), plain(cursor.text())];
  const entries: ForeignEntry[] = [];
  for (let left = cursor.int(); left > 0; left -= 1) entries.push(readEntry(cursor, minor, offsetBytes));
  return { compression, database, serverVersion, toolVersion, entries, dataOffset: cursor.offset };
}

/** Names and statements have no NUL; what a hostile archive says of itself still goes into rows. */
function plain(text: string | null): string {
  return (text ?? "").replaceAll("\0", "");
}

function readEntry(cursor: Cursor, minor: number, offsetBytes: number): ForeignEntry {
  const dumpId = cursor.int();
  const hasData = cursor.int() !== 0;
  cursor.skipText();
  cursor.skipText();
  const tag = plain(cursor.text());
  const description = plain(cursor.text());
  cursor.int();
  const definition = plain(cursor.text());
  cursor.skipText();
  const copy = plain(cursor.text());
  const namespace = plain(cursor.text());
  const tablespace = plain(cursor.text());
  if (minor >= 14) cursor.skipText();
  if (minor >= 16) cursor.int();
  const owner = plain(cursor.text());
  cursor.skipText();
  while (cursor.text() !== null);
  cursor.skip(1 + offsetBytes);
  return { dumpId, hasData, tag, description, namespace, owner, definition, copy, tablespace };
}

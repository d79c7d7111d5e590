/**
 * The custom format of pg_dump as PostgreSQL writes it (`src/bin/pg_dump/pg_backup_archiver.c`, `pg_backup_custom.c`):
 * a header, a table of contents, then one block per entry that has data. Integers are a sign byte and four bytes, least first.
 */
export const blockData = 1;
export const blockBlobs = 3;
/** Sign byte and four bytes. The reader refuses other integer sizes; pg_dump has written no other since 2001. */
export const intBytes = 5;
/** `COPY` data ends with this in an archive; it is no row. No row can begin with backslash and full stop, because data doubles the backslash. */
export const copyEnd = Buffer.from("\\.\n\n\n");

/** Thrown inside the parser when more bytes are needed; the parse starts again at the last complete entry. */
export const needMore = Symbol("need more bytes");

export type ArchiveHeader = {
  /** For example `1.14`. */
  readonly version: string;
  readonly minor: number;
  readonly offsetBytes: number;
  readonly database: string;
  readonly serverVersion: string;
  readonly toolVersion: string;
};

export type TocEntry = {
  readonly dumpId: number;
  readonly hasData: boolean;
  readonly description: string;
  readonly tag: string;
  readonly namespace: string;
  readonly owner: string;
  /** Its SQL, where it says more than the name: grants, and constraints that may not be validated. */
  readonly definition: string | null;
  /** Dump ids of the entries that this one needs. */
  readonly dependencies: readonly number[];
};

/** Reads values one after the other from a buffer; throws `needMore` at its end. */
export class Cursor {
  readonly #bytes: Buffer;
  offset: number;

  constructor(bytes: Buffer, offset: number) {
    this.#bytes = bytes;
    this.offset = offset;
  }

  #take(count: number): number {
    const at = this.offset;
    if (at + count > this.#bytes.length) throw needMore;
    this.offset = at + count;
    return at;
  }

  byte(): number {
    return this.#bytes[this.#take(1)]!;
  }

  int(): number {
    const at = this.#take(intBytes);
    const value = this.#bytes.readUInt32LE(at + 1);
    return this.#bytes[at] === 0 ? value : -value;
  }

  /** Null for the archive's NULL string (length -1). */
  text(): string | null {
    const length = this.int();
    if (length < 0) return null;
    const at = this.#take(length);
    return this.#bytes.toString("utf8", at, at + length);
  }

  skipText(): void {
    const length = this.int();
    if (length > 0) this.#take(length);
  }

  skip(count: number): void {
    this.#take(count);
  }
}

/** What cannot be read as a known, uncompressed custom archive. */
export class UnknownArchive extends Error {
  override readonly name = "UnknownArchive";
}

/**
 * Reads the header of versions 1.12 to 1.16. Throws `needMore`, or `UnknownArchive` with the reason: also for compressed data, unless only what
 * stands in front of them (never compressed) is `wanted`.
 */
export function readHeader(cursor: Cursor, wanted: "data" | "front" = "data"): ArchiveHeader {
  const magic = String.fromCharCode(cursor.byte(), cursor.byte(), cursor.byte(), cursor.byte(), cursor.byte());
  if (magic !== "PGDMP") throw new UnknownArchive("it does not begin as a pg_dump archive");
  const [major, minor] = [cursor.byte(), cursor.byte()];
  cursor.byte();
  const [intSize, offsetBytes, format] = [cursor.byte(), cursor.byte(), cursor.byte()];
  if (major !== 1 || minor < 12 || minor > 16) throw new UnknownArchive(`archive version ${major}.${minor}`);
  if (intSize !== 4 || format !== 1) throw new UnknownArchive(`integer size ${intSize}, format ${format}`);
  const compression = minor >= 15 ? cursor.byte() : cursor.int();
  if (compression !== 0 && wanted === "data") throw new UnknownArchive("its data is compressed");
  for (let field = 0; field < 7; field += 1) cursor.int();
  return {
    version: `${major}.${minor}`,
    minor,
    offsetBytes,
    database: cursor.text() ?? "",
    serverVersion: cursor.text() ?? "",
    toolVersion: cursor.text() ?? "",
  };
}

const defined: ReadonlySet<string> = new Set(["ACL", "DEFAULT ACL", "CONSTRAINT", "CHECK CONSTRAINT", "FK CONSTRAINT"]);

/** Reads one entry of the table of contents. Throws `needMore`. */
export function readTocEntry(cursor: Cursor, header: ArchiveHeader): TocEntry {
  const dumpId = cursor.int();
  const hasData = cursor.int() !== 0;
  cursor.skipText(); // table oid
  cursor.skipText(); // oid
  const tag = cursor.text() ?? "";
  const description = cursor.text() ?? "";
  cursor.int(); // section
  const definition = readText(cursor, defined.has(description));
  cursor.skipText(); // drop statement
  cursor.skipText(); // copy statement
  const namespace = cursor.text() ?? "";
  cursor.skipText(); // tablespace
  if (header.minor >= 14) cursor.skipText(); // table access method
  if (header.minor >= 16) cursor.int(); // relation kind
  const owner = cursor.text() ?? "";
  cursor.skipText(); // "with oids"
  const dependencies: number[] = [];
  for (let id = cursor.text(); id !== null; id = cursor.text()) dependencies.push(Number(id));
  cursor.skip(1 + header.offsetBytes); // data state and position
  return { dumpId, hasData, description, tag, namespace, owner, definition, dependencies };
}

function readText(cursor: Cursor, isKept: boolean): string | null {
  if (isKept) return cursor.text();
  cursor.skipText();
  return null;
}

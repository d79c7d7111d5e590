import { createHash } from "node:crypto";
import { once } from "node:events";
import type { FileHandle } from "node:fs/promises";
import type { Transform } from "node:stream";
import { createInflate, createZstdDecompress } from "node:zlib";
import { LifeboatError } from "#lib/domain/error";
import { blockBlobs, blockData, copyEnd, intBytes } from "./archive-format.ts";
import type { ForeignToc } from "./foreign-toc.ts";

/** Exact facts of one table's data. */
export type ForeignTable = { readonly dumpId: number; readonly rows: number; readonly bytes: number; readonly sha256: string };

const readBytes = 1024 * 1024;
const lineFeed = 10;

/** Reads values one after the other from an open file; throws `stream-cut` at its end. */
class FileCursor {
  offset: number;
  readonly #file: FileHandle;
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;

  constructor(file: FileHandle, offset: number) {
    this.#file = file;
    this.offset = offset;
  }

  async #fill(): Promise<boolean> {
    const bytes = Buffer.allocUnsafe(readBytes);
    const { bytesRead } = await this.#file.read(bytes, 0, readBytes, this.offset);
    this.#bytes = bytes.subarray(0, bytesRead);
    this.#at = 0;
    return bytesRead > 0;
  }

  /** True when nothing follows. */
  async isAtEnd(): Promise<boolean> {
    return this.#at >= this.#bytes.length && !(await this.#fill());
  }

  /** At most `most` bytes that follow. */
  async some(most: number): Promise<Buffer> {
    if (await this.isAtEnd()) throw new LifeboatError("stream-cut", { detail: "it ends inside its data" });
    const piece = this.#bytes.subarray(this.#at, Math.min(this.#bytes.length, this.#at + most));
    this.#at += piece.length;
    this.offset += piece.length;
    return piece;
  }

  async exactly(count: number): Promise<Buffer> {
    const first = await this.some(count);
    if (first.length === count) return first;
    const pieces = [Buffer.from(first)];
    for (let left = count - first.length; left > 0;) {
      const piece = await this.some(left);
      pieces.push(Buffer.from(piece));
      left -= piece.length;
    }
    return Buffer.concat(pieces);
  }

  async int(): Promise<number> {
    const bytes = await this.exactly(intBytes);
    const value = bytes.readUInt32LE(1);
    return bytes[0] === 0 ? value : -value;
  }
}

/** Hashes rows and leaves out the mark at their end, which is no row. */
class RowDigest {
  rows = 0;
  bytes = 0;
  readonly #hash = createHash("sha256");
  #tail: Buffer = Buffer.alloc(0);

  add(bytes: Buffer): void {
    const joined = this.#tail.length === 0 ? bytes : Buffer.concat([this.#tail, bytes]);
    const keep = Math.min(joined.length, copyEnd.length);
    this.#count(joined.subarray(0, joined.length - keep));
    this.#tail = Buffer.from(joined.subarray(joined.length - keep));
  }

  end(): { rows: number; bytes: number; sha256: string } {
    if (!this.#tail.equals(copyEnd)) throw new LifeboatError("stream-cut", { detail: "a table's data has no end" });
    return { rows: this.rows, bytes: this.bytes, sha256: this.#hash.digest("hex") };
  }

  #count(bytes: Buffer): void {
    this.#hash.update(bytes);
    this.bytes += bytes.length;
    for (let at = bytes.indexOf(lineFeed); at >= 0; at = bytes.indexOf(lineFeed, at + 1)) this.rows += 1;
  }
}

/**
 * Reads the compressed data of an archive and gives the digests of all tables whose data are rows of COPY. Throws `stream-cut` { detail }
 * when a part is missing or damaged. Memory stays flat, whatever the data expand to.
 */
export async function readCompressedData(file: FileHandle, toc: ForeignToc, signal: AbortSignal): Promise<ForeignTable[]> {
  const cursor = new FileCursor(file, toc.dataOffset);
  const byId = new Map(toc.entries.map((entry) => [entry.dumpId, entry]));
  const seen = new Set<number>();
  const tables: ForeignTable[] = [];
  while (!(await cursor.isAtEnd())) {
    signal.throwIfAborted();
    const [kind] = await cursor.exactly(1);
    const dumpId = await cursor.int();
    const entry = byId.get(dumpId);
    if (entry === undefined || (kind !== blockData && kind !== blockBlobs))
      throw new LifeboatError("stream-cut", { detail: "a block of an unknown kind" });
    seen.add(dumpId);
    if (kind === blockBlobs) {
      while ((await cursor.int()) !== 0) await pass(chunks(cursor));
    } else if (entry.description === "TABLE DATA" && entry.copy !== "" && toc.compression !== "lz4") {
      tables.push({
        dumpId,
        ...(await digest(chunks(cursor), toc.compression === "zstd" ? createZstdDecompress() : createInflate(), signal)),
      });
    } else await pass(chunks(cursor));
  }
  const missing = toc.entries.filter((each) => each.hasData && !seen.has(each.dumpId));
  if (missing.length > 0) throw new LifeboatError("stream-cut", { detail: `${missing.length} of its parts are missing` });
  return tables;
}

/** The bodies of one entry's chunks, up to the empty one. */
async function* chunks(cursor: FileCursor): AsyncGenerator<Buffer> {
  for (let left = await cursor.int(); left !== 0; left = await cursor.int()) {
    if (left < 0) throw new LifeboatError("stream-cut", { detail: "a length that cannot be" });
    while (left > 0) {
      const piece = await cursor.some(left);
      left -= piece.length;
      yield piece;
    }
  }
}

async function pass(pieces: AsyncIterable<Buffer>): Promise<void> {
  for await (const piece of pieces) void piece;
}

async function digest(pieces: AsyncIterable<Buffer>, unpack: Transform, signal: AbortSignal) {
  const rows = new RowDigest();
  unpack.on("data", (bytes: Buffer) => rows.add(bytes));
  const ended = once(unpack, "end");
  ended.catch(() => undefined);
  try {
    for await (const piece of pieces) {
      signal.throwIfAborted();
      if (!unpack.write(Buffer.from(piece))) await Promise.race([once(unpack, "drain"), ended]);
    }
    unpack.end();
    await ended;
  } catch (error) {
    if (signal.aborted || error instanceof LifeboatError) throw error;
    throw new LifeboatError("stream-cut", { detail: "a table's data cannot be unpacked" }, { cause: error });
  } finally {
    unpack.destroy();
  }
  return rows.end();
}

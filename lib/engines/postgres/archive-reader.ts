import type { StreamChunk } from "../port.ts";
import { Cursor, needMore, readHeader, readTocEntry, UnknownArchive, type ArchiveHeader, type TocEntry } from "./archive-format.ts";
import { BlockReader, type ArchiveTable } from "./block-reader.ts";

export type ArchiveFacts = {
  readonly header: ArchiveHeader | null;
  readonly entries: readonly TocEntry[];
  readonly tables: readonly ArchiveTable[];
  readonly largeObjects: number;
  /** Why the archive passed through unread, or null when every table's rows were counted and hashed. */
  readonly unread: string | null;
  /** What is missing at the end, or null when the archive ended where its table of contents says. */
  readonly cut: string | null;
  readonly bytesIn: number;
  readonly bytesOut: number;
};

/**
 * Reads a `pg_dump -Fc -Z0` archive as it passes. The bytes come out in order and unchanged, except that data framed in fixed blocks
 * (PostgreSQL 19) is framed anew, one row a block. Memory stays flat: a piece of the table of contents and one megabyte.
 */
export class ArchiveReader {
  #phase: "header" | "toc" | "blocks" | "unread" = "header";
  #pending: Buffer = Buffer.alloc(0);
  #header: ArchiveHeader | null = null;
  #entriesLeft = 0;
  readonly #entries: TocEntry[] = [];
  #unread: string | null = null;
  #bytesIn = 0;
  #bytesOut = 0;
  #out: StreamChunk[] = [];
  #cutNext = false;
  readonly #byId = new Map<number, TocEntry>();
  readonly #blocks: BlockReader;

  constructor() {
    this.#blocks = new BlockReader({
      emit: (bytes) => this.#emit(bytes),
      cut: () => (this.#cutNext = true),
      entry: (dumpId) => this.#byId.get(dumpId),
    });
  }

  /** Tables with data, null before the table of contents was read. */
  get tablesTotal(): number | null {
    return this.#phase === "blocks" ? this.#entries.filter((entry) => entry.description === "TABLE DATA").length : null;
  }

  /** True when the whole table of contents was read. */
  get tocRead(): boolean {
    return this.#phase === "blocks";
  }

  get tablesDone(): number {
    return this.#blocks.tables.length;
  }

  get currentTable(): string | null {
    return this.#blocks.currentTable;
  }

  /** Takes the next bytes and returns what may go on: valid until the next call, and as long as the input's memory. */
  push(bytes: Uint8Array): StreamChunk[] {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#bytesIn += chunk.length;
    this.#out = [];
    if (this.#phase === "blocks") this.#readBlocks(chunk);
    else if (this.#phase === "unread") this.#emit(chunk);
    else this.#readFront(chunk);
    return this.#out;
  }

  /** Ends the stream and returns the last bytes and what is known now. */
  end(): { chunks: StreamChunk[]; facts: ArchiveFacts } {
    this.#out = [];
    const inFront = this.#phase === "header" || this.#phase === "toc";
    if (inFront && this.#pending.length > 0) this.#emit(this.#pending);
    this.#blocks.end();
    return { chunks: this.#out, facts: this.#facts(inFront) };
  }

  #facts(inFront: boolean): ArchiveFacts {
    const isCut = inFront ? "it ends before its table of contents does" : this.#phase === "blocks" ? this.#missing() : null;
    return {
      header: this.#header,
      entries: this.#entries,
      tables: this.#blocks.tables,
      largeObjects: this.#blocks.largeObjects,
      unread: this.#unread ?? this.#blocks.irregular,
      cut: this.#bytesIn === 0 ? "it is empty" : isCut,
      bytesIn: this.#bytesIn,
      bytesOut: this.#bytesOut,
    };
  }

  #missing(): string | null {
    if (this.#blocks.isInside) return "it ends inside a table's data";
    const missing = this.#entries.filter((entry) => entry.hasData && !this.#blocks.seen.has(entry.dumpId));
    return missing.length === 0 ? null : `${missing.length} of its parts are missing`;
  }

  #readFront(chunk: Buffer): void {
    const bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    let done = 0;
    try {
      const cursor = new Cursor(bytes, 0);
      if (this.#phase === "header") {
        this.#header = readHeader(cursor);
        this.#entriesLeft = cursor.int();
        this.#phase = "toc";
        done = cursor.offset;
      }
      while (this.#entriesLeft > 0) {
        const entry = readTocEntry(cursor, this.#header!);
        this.#entries.push(entry);
        this.#byId.set(entry.dumpId, entry);
        this.#entriesLeft -= 1;
        done = cursor.offset;
      }
    } catch (error) {
      if (error instanceof UnknownArchive) return this.#passUnread(error.message, bytes);
      if (error !== needMore) throw error;
      this.#emit(bytes.subarray(0, done));
      this.#pending = Buffer.from(bytes.subarray(done));
      return;
    }
    this.#emit(bytes.subarray(0, done));
    this.#pending = Buffer.alloc(0);
    this.#phase = "blocks";
    this.#readBlocks(bytes.subarray(done));
  }

  #readBlocks(chunk: Buffer): void {
    const rest = this.#blocks.push(chunk);
    if (rest !== null) this.#passUnread("a block of an unknown kind", rest);
  }

  #passUnread(why: string, bytes: Buffer): void {
    this.#phase = "unread";
    this.#unread = why;
    this.#pending = Buffer.alloc(0);
    this.#emit(bytes);
  }

  #emit(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#bytesOut += bytes.length;
    this.#out.push({ bytes, cut: this.#cutNext });
    this.#cutNext = false;
  }
}

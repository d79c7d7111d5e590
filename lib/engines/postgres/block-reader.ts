import { blockBlobs, blockData, copyEnd, intBytes, type TocEntry } from "./archive-format.ts";
import { RowFramer } from "./row-framer.ts";
import { TableHasher } from "./table-hasher.ts";

export type ArchiveTable = {
  readonly schema: string;
  readonly table: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
};

export type BlockSink = {
  readonly emit: (bytes: Buffer) => void;
  /** The next bytes begin a table's data. */
  readonly cut: () => void;
  readonly entry: (dumpId: number) => TocEntry | undefined;
};

/**
 * What comes next. `first` is a table's first block, whose content tells how the table is framed; `rows` are blocks of one row,
 * `frames` blocks of any size that are framed anew; `opaque` is data that is passed over; `left` counts the rest of a block.
 */
type State = "kind" | "first" | "rows" | "frames" | "opaque" | "objects" | "object";

/** A larger first block is taken for one row: fixed framing uses 128 KiB. */
const keepBackBytes = 1_048_576;
/** Shorter rows are waited for until they are whole; longer ones go on in pieces. */
const wholeRowBytes = 65_536;
/** Blocks from this size are searched for a second row; for smaller ones the search would cost more than the hash. */
const searchBytes = 4_096;
const joinedStep = 131_072;
const lineFeed = 10;
const [backslash, fullStop] = copyEnd as unknown as [number, number];

/** Used inside one call only, so one is enough for all readers of a thread. */
const joint = Buffer.allocUnsafeSlow(1_048_576);

/** Reads the data blocks behind the table of contents, in whatever pieces they come. */
export class BlockReader {
  readonly tables: ArchiveTable[] = [];
  readonly seen = new Set<number>();
  largeObjects = 0;
  /** Set when rows could not be told apart for certain. */
  irregular: string | null = null;

  readonly #sink: BlockSink;
  #state: State = "kind";
  /** Bytes of the current block's body that are still to come. */
  #left = 0;
  #carry: Buffer | null = null;
  #bytes: Buffer = Buffer.alloc(0);
  #joined: Buffer = Buffer.alloc(0);
  #at = 0;
  #passed = 0;
  #entry: TocEntry | undefined;
  #hasher: TableHasher | null = null;
  #framer: RowFramer | null = null;
  #sawEnd = false;
  readonly #scratch = Buffer.allocUnsafeSlow(262_144);

  constructor(sink: BlockSink) {
    this.#sink = sink;
  }

  /** True between the first byte of a block and its end. */
  get isInside(): boolean {
    return this.#state !== "kind" || this.#carry !== null;
  }

  get currentTable(): string | null {
    return this.#hasher === null || this.#entry === undefined ? null : `${this.#entry.namespace}.${this.#entry.tag}`;
  }

  /** Takes the next bytes; returns those that begin with a block of an unknown kind, or null. What it gives out is valid until the next call. */
  push(chunk: Buffer): Buffer | null {
    this.#bytes = this.#carry === null ? chunk : this.#behindCarry(this.#carry, chunk);
    this.#carry = null;
    this.#at = 0;
    this.#passed = 0;
    let isKnown = true;
    while (isKnown && this.#at < this.#bytes.length) {
      if (this.#left > 0) this.#body();
      else {
        const step = this.#step();
        if (step === "wait") break;
        isKnown = step === "on";
      }
    }
    this.#pass();
    const rest = this.#bytes.subarray(this.#at);
    if (!isKnown) return rest;
    // Copied: the input's memory may be used again by its owner.
    if (rest.length > 0) this.#carry = Buffer.from(rest);
    return null;
  }

  /** Gives out what is kept back, when the stream ends too early. */
  end(): void {
    if (this.#carry !== null) this.#sink.emit(this.#carry);
  }

  /** Nearly every piece ends inside a row: joining them in new memory each time cost as much in collecting it as the hash does. */
  #behindCarry(carry: Buffer, chunk: Buffer): Buffer {
    const length = carry.length + chunk.length;
    if (this.#joined.length < length) this.#joined = Buffer.allocUnsafeSlow(Math.ceil(length / joinedStep) * joinedStep);
    carry.copy(this.#joined);
    chunk.copy(this.#joined, carry.length);
    return this.#joined.subarray(0, length);
  }

  #step(): "on" | "wait" | "unknown" {
    switch (this.#state) {
      case "kind":
        return this.#kind();
      case "first":
        return this.#first();
      case "rows":
        return this.#rows();
      case "frames":
      case "opaque":
        return this.#frame();
      case "objects":
        return this.#objects();
      case "object":
        return this.#objectFrame();
    }
  }

  /** Gives out everything up to here, unless it is framed anew. */
  #pass(): void {
    if (this.#state === "frames" && this.#framer !== null) this.#passed = this.#at;
    if (this.#at > this.#passed) this.#sink.emit(this.#bytes.subarray(this.#passed, this.#at));
    this.#passed = this.#at;
  }

  #has(count: number): boolean {
    return this.#at + count <= this.#bytes.length;
  }

  #intAt(at: number): number {
    const value = this.#bytes.readUInt32LE(at + 1);
    return this.#bytes[at] === 0 ? value : -value;
  }

  #kind(): "on" | "wait" | "unknown" {
    const kind = this.#bytes[this.#at]!;
    if (kind !== blockData && kind !== blockBlobs) return "unknown";
    if (!this.#has(1 + intBytes)) return "wait";
    const dumpId = this.#intAt(this.#at + 1);
    this.#entry = this.#sink.entry(dumpId);
    this.seen.add(dumpId);
    const isTable = kind === blockData && this.#entry?.description === "TABLE DATA";
    if (isTable) {
      this.#pass();
      this.#sink.cut();
      this.#hasher = new TableHasher(this.#scratch);
      this.#sawEnd = false;
    }
    this.#at += 1 + intBytes;
    this.#state = kind === blockBlobs ? "objects" : isTable ? "first" : "opaque";
    return "on";
  }

  #first(): "on" | "wait" {
    if (!this.#has(intBytes)) return "wait";
    const length = this.#intAt(this.#at);
    if (length > 0 && length <= keepBackBytes) {
      if (!this.#has(intBytes + length)) return "wait";
      const start = this.#at + intBytes;
      const newLine = this.#bytes.indexOf(lineFeed, start);
      const isEnd = this.#isCopyEnd(start, length);
      if (!isEnd && newLine !== start + length - 1) {
        this.#pass();
        this.#framer = new RowFramer(this.#hasher!, (bytes) => this.#sink.emit(bytes));
        this.#state = "frames";
        return "on";
      }
    }
    this.#state = "rows";
    return "on";
  }

  #isCopyEnd(start: number, length: number): boolean {
    return length === copyEnd.length && this.#bytes[start] === backslash && this.#bytes[start + 1] === fullStop;
  }

  /** The inner loop: as many whole rows as are in sight. */
  #rows(): "on" | "wait" {
    const bytes = this.#bytes;
    const hasher = this.#hasher!;
    const size = bytes.length;
    let at = this.#at;
    let rows = 0;
    let wait = true;
    // Rows are joined by moving them inside one copy of what is in sight: half the price of a copy per row.
    const origin = at;
    const joined = size - at <= joint.length ? joint : null;
    let used = 0;
    if (joined !== null) bytes.copy(joined, 0, at, size);
    while (at + intBytes <= size) {
      const length = (bytes[at + 1]! | (bytes[at + 2]! << 8) | (bytes[at + 3]! << 16) | (bytes[at + 4]! << 24)) >>> 0;
      if (length === 0) {
        wait = false;
        break;
      }
      const start = at + intBytes;
      const end = start + length;
      if (end > size) {
        if (length < wholeRowBytes) break;
        rows += 1;
        at = start;
        this.#left = length;
        wait = false;
        break;
      }
      if (bytes[end - 1] !== lineFeed) this.irregular = "a block that does not end with a row's end";
      else if (length >= searchBytes && bytes.indexOf(lineFeed, start) !== end - 1) this.irregular = "a block with several rows";
      if (length === copyEnd.length && this.#isCopyEnd(start, length)) this.#sawEnd = true;
      else {
        rows += 1;
        if (joined === null) hasher.add(bytes, start, end);
        else {
          joined.copyWithin(used, start - origin, end - origin);
          used += length;
        }
      }
      at = end;
    }
    if (joined !== null) hasher.add(joined, 0, used);
    hasher.rows += rows;
    this.#at = at;
    if (wait) return "wait";
    if (this.#left === 0) this.#endTable();
    return "on";
  }

  #frame(): "on" | "wait" {
    if (!this.#has(intBytes)) return "wait";
    const length = this.#intAt(this.#at);
    if (length === 0) this.#endTable();
    else {
      this.#at += intBytes;
      this.#left = length;
    }
    return "on";
  }

  /** Passes on the part of a block's body that is in sight. */
  #body(): void {
    const from = this.#at;
    const to = Math.min(this.#bytes.length, from + this.#left);
    this.#left -= to - from;
    this.#at = to;
    if (this.#state === "rows") {
      this.#hasher!.add(this.#bytes, from, to);
      const at = this.#bytes.indexOf(lineFeed, from);
      const isRow = this.#left === 0 ? at === to - 1 : at < 0 || at >= to;
      if (!isRow) this.irregular = "a large block that is not one row";
    } else this.#framer?.write(this.#bytes.subarray(from, to));
  }

  /** At the zero that ends a block of data. */
  #endTable(): void {
    if (this.#framer !== null) {
      this.#passed = this.#at;
      this.#sawEnd = this.#framer.end();
    }
    this.#at += intBytes;
    const [entry, hasher] = [this.#entry, this.#hasher];
    if (entry !== undefined && hasher !== null) {
      if (!this.#sawEnd) this.irregular = "a table's data without its end";
      this.tables.push({ schema: entry.namespace, table: entry.tag, rows: hasher.rows, bytes: hasher.bytes, sha256: hasher.digest() });
    }
    this.#hasher = null;
    this.#framer = null;
    this.#state = "kind";
  }

  #objects(): "on" | "wait" {
    if (!this.#has(intBytes)) return "wait";
    const isLast = this.#intAt(this.#at) === 0;
    this.#at += intBytes;
    if (!isLast) this.largeObjects += 1;
    this.#state = isLast ? "kind" : "object";
    return "on";
  }

  #objectFrame(): "on" | "wait" {
    if (!this.#has(intBytes)) return "wait";
    this.#left = this.#intAt(this.#at);
    this.#at += intBytes;
    if (this.#left === 0) this.#state = "objects";
    return "on";
  }
}

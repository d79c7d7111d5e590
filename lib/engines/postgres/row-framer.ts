import { copyEnd } from "./archive-format.ts";
import type { TableHasher } from "./table-hasher.ts";

const outputBytes = 262_144;
const lineFeed = 10;

/**
 * Turns one table's data from blocks of any size into one block per row, as PostgreSQL up to 18 writes them; the end of `COPY` data
 * stays one block. Without this an inserted row would move every later block boundary and nearly every segment would change.
 */
export class RowFramer {
  readonly #hasher: TableHasher;
  readonly #emit: (bytes: Buffer) => void;
  /** Pieces of a row whose end was not seen yet. */
  #partial: Buffer[] = [];
  #partialBytes = 0;
  #ended = false;
  #output = Buffer.allocUnsafe(outputBytes);
  #used = 0;

  constructor(hasher: TableHasher, emit: (bytes: Buffer) => void) {
    this.#hasher = hasher;
    this.#emit = emit;
  }

  /** Adds data without block headers. */
  write(data: Buffer): void {
    let from = 0;
    while (from < data.length) {
      const at = this.#ended ? -1 : data.indexOf(lineFeed, from);
      if (at < 0) {
        // Copied: the input's memory may be used again by its owner.
        this.#partial.push(Buffer.from(data.subarray(from)));
        this.#partialBytes += data.length - from;
        return;
      }
      this.#row(data, from, at + 1);
      from = at + 1;
    }
  }

  /** Ends the table; false when its data did not end as `COPY` data does. */
  end(): boolean {
    if (this.#partialBytes > 0) {
      const rest = Buffer.concat(this.#partial);
      this.#block(rest, 0, rest.length);
      const whole = this.#ended && rest.equals(copyEnd);
      this.#flush();
      return whole;
    }
    this.#flush();
    return false;
  }

  #row(data: Buffer, from: number, to: number): void {
    const joined = this.#partialBytes > 0;
    const row = joined ? Buffer.concat([...this.#partial, data.subarray(from, to)]) : data;
    const [start, end] = joined ? [0, row.length] : [from, to];
    this.#partial = [];
    this.#partialBytes = 0;
    if (end - start === 3 && row[start] === copyEnd[0] && row[start + 1] === copyEnd[1]) {
      this.#ended = true;
      this.#partial.push(Buffer.from(row.subarray(start, end)));
      this.#partialBytes = 3;
      return;
    }
    this.#hasher.rows += 1;
    this.#hasher.add(row, start, end);
    this.#block(row, start, end);
  }

  #block(source: Buffer, from: number, to: number): void {
    const length = to - from;
    if (this.#used + 5 + length > outputBytes) this.#flush();
    this.#output[this.#used] = 0;
    this.#output.writeUInt32LE(length, this.#used + 1);
    this.#used += 5;
    if (this.#used + length > outputBytes) {
      this.#flush();
      this.#emit(Buffer.from(source.subarray(from, to)));
      return;
    }
    source.copy(this.#output, this.#used, from, to);
    this.#used += length;
  }

  /** Gives out what is collected; called before bytes that do not belong to this table. */
  #flush(): void {
    if (this.#used === 0) return;
    this.#emit(this.#output.subarray(0, this.#used));
    this.#output = Buffer.allocUnsafe(outputBytes);
    this.#used = 0;
  }
}

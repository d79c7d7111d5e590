import { createHash, type Hash } from "node:crypto";

/** Longer pieces go to the hash as they are; shorter ones are collected, because a call of the hash costs more than a copy. */
const copyLimit = 8_192;

/** SHA-256 over one table's rows as `COPY … TO STDOUT` prints them, with their count. `scratch` is its own while it lives. */
export class TableHasher {
  rows = 0;
  bytes = 0;
  readonly #hash: Hash = createHash("sha256");
  readonly #scratch: Buffer;
  #used = 0;

  constructor(scratch: Buffer) {
    this.#scratch = scratch;
  }

  /** Adds bytes of `source` in `from`..`to` without keeping a reference to them. */
  add(source: Buffer, from: number, to: number): void {
    const length = to - from;
    this.bytes += length;
    if (length >= copyLimit) {
      this.#flush();
      this.#hash.update(source.subarray(from, to));
      return;
    }
    if (this.#used + length > this.#scratch.length) this.#flush();
    source.copy(this.#scratch, this.#used, from, to);
    this.#used += length;
  }

  #flush(): void {
    if (this.#used === 0) return;
    this.#hash.update(this.#scratch.subarray(0, this.#used));
    this.#used = 0;
  }

  digest(): string {
    this.#flush();
    return this.#hash.digest("hex");
  }
}

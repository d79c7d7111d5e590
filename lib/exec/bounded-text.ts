/** Keeps the beginning and the end of a long text within a number of bytes, and says how much was left out between them. */
export class BoundedText {
  readonly #halfBytes: number;
  #head = "";
  #headBytes = 0;
  #tail: { text: string; bytes: number }[] = [];
  /** Pieces before this one are dropped already; they leave the array in bulk, because a shift moves all that follow. */
  #first = 0;
  #tailBytes = 0;
  #droppedBytes = 0;

  constructor(maxBytes: number) {
    this.#halfBytes = Math.max(1, Math.floor(maxBytes / 2));
  }

  /** Adds a piece; a single piece should be small against the bound (the reader of lines cuts long lines). */
  add(text: string): void {
    const bytes = Buffer.byteLength(text);
    if (this.#tail.length === 0 && this.#droppedBytes === 0 && this.#headBytes + bytes <= this.#halfBytes) {
      this.#head += text;
      this.#headBytes += bytes;
      return;
    }
    this.#tail.push({ text, bytes });
    this.#tailBytes += bytes;
    while (this.#tailBytes > this.#halfBytes && this.#tail.length - this.#first > 1) {
      const first = this.#tail[this.#first]!;
      this.#first += 1;
      this.#tailBytes -= first.bytes;
      this.#droppedBytes += first.bytes;
    }
    if (this.#first > 1_000 && this.#first * 2 > this.#tail.length) {
      this.#tail = this.#tail.slice(this.#first);
      this.#first = 0;
    }
  }

  toString(): string {
    const gap = this.#droppedBytes === 0 ? "" : `… ${this.#droppedBytes} bytes left out …\n`;
    const tail = this.#tail.slice(this.#first).map((piece) => piece.text);
    return this.#head + gap + tail.join("");
  }
}

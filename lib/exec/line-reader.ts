import { StringDecoder } from "node:string_decoder";

/** Characters of one line that are kept; the rest of a longer line is dropped. */
const maxLineLength = 16_384;
/** Read beyond the bound before redaction, so that a secret is never cut in two and its first half shown. */
const margin = 1_024;

/**
 * Splits a byte stream into lines without their end (LF or CRLF). `clean` sees each line before it is shortened.
 * Memory is bounded: a line of 10 MB costs 17 KB.
 */
export class LineReader {
  readonly #decoder = new StringDecoder("utf8");
  readonly #clean: (line: string) => string;
  readonly #onLine: (line: string) => void;
  #pending = "";
  #cut = false;

  constructor(clean: (line: string) => string, onLine: (line: string) => void) {
    this.#clean = clean;
    this.#onLine = onLine;
  }

  write(bytes: Buffer): void {
    this.#take(this.#decoder.write(bytes));
  }

  /** Ends the last line, if it has no line end of its own. */
  end(): void {
    this.#take(this.#decoder.end());
    if (this.#pending !== "") this.#emit();
  }

  #take(text: string): void {
    let from = 0;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", from)) {
      this.#append(text.slice(from, at));
      this.#emit();
      from = at + 1;
    }
    this.#append(text.slice(from));
  }

  #append(text: string): void {
    const room = maxLineLength + margin - this.#pending.length;
    if (text.length > room) this.#cut = true;
    if (room > 0) this.#pending += text.slice(0, room);
  }

  #emit(): void {
    const line = this.#clean(this.#pending.endsWith("\r") ? this.#pending.slice(0, -1) : this.#pending);
    const cut = this.#cut;
    this.#pending = "";
    this.#cut = false;
    this.#onLine(cut ? `${line.slice(0, maxLineLength)}…` : line);
  }
}

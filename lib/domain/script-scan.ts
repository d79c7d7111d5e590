import { LifeboatError } from "./error.ts";
import { code, commentEnd, countLines, dollarEnd, dollarTagEnd, type Found, isEscapeQuote, isInWord, quoteEnd } from "./script-lexis.ts";
import { longestDumpLine, readDumpLine } from "./script-scan-end.ts";
import { isInBody, meaningfulWords, readStatement, type StatementFacts } from "./script-statement.ts";

/** What a whole script needs, known once its last byte was scanned. */
export type ScriptFacts = {
  readonly bytes: number;
  readonly roles: readonly string[];
  readonly extensions: readonly { readonly name: string; readonly schema: string | null; readonly line: number }[];
  /** Statements that give objects to roles, in their order, with the `SET search_path` that they were said under. */
  readonly owners: readonly string[];
  /** Statements about the database itself that were left out. */
  readonly leftOut: number;
  /** The first `client_encoding`, upper case; null when none is set. */
  readonly encoding: string | null;
  /** The line of the first statement that takes a transaction back or hands it over; null when there is none. */
  readonly transactionLine: number | null;
};

/** What is told of a script beside what its run needs. */
export type WholeScript = ScriptFacts & {
  /** The line of the first statement that drops or truncates something and runs; null when there is none. */
  readonly removingLine: number | null;
  /** It begins as what pg_dump writes, and its last line is missing. */
  readonly isCut: boolean;
};

type State = "code" | "line-comment" | "comment" | "quote" | "escape-quote" | "name" | "dollar" | "copy";

const { lf, cr, tab, feed, upright, lowerC, space, dollar, single, double, open, close, star, minus, slash, semicolon, backslash, stop } =
  code;
const decoder = new TextDecoder();
/** Most statements are rows of data: one byte tells. */
const meaningfulLetters = new Set([...meaningfulWords, "truncate"].map((word) => word.charCodeAt(0)));
/** A statement is kept back until its end so that it can be left out; a longer one goes on in pieces and is not. */
const longestHeld = 262_144;
const longestLine = 4_096;
/** Together, in characters. */
const mostOwners = 32 * 1024 * 1024;

/**
 * Reads an SQL script as psql does (`psqlscan.l`): strings, dollar quotes, comments and rows of COPY are passed over, and a backslash anywhere
 * else is a command of psql, which is refused unless pg_dump itself writes it. What may run comes out again, byte for byte but for what
 * is left out; lines keep their numbers. It is the first of several walls: psql's restricted mode and the sandbox are behind it.
 */
export class ScriptScanner {
  #state: State = "code";
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  /** What was not given out yet begins here; before a statement's end that is where the statement began. */
  #from = 0;
  #line = 1;
  #depth = 0;
  #tag: Uint8Array = new Uint8Array(0);
  /** Where the statement's text began in the bytes that are in sight; null between statements. */
  #start: number | null = null;
  #startLine = 1;
  #isHeld = true;
  /** The statement without its comments, up to `#piece`. */
  #text = "";
  #piece = 0;
  #copyNext = false;
  /** The row that is in sight began before what is in sight. */
  #isInRow = false;
  readonly #comment = { depth: 0 };
  #total = 0;
  #isFirst = true;
  readonly #roles = new Set<string>();
  readonly #extensions: { name: string; schema: string | null; line: number }[] = [];
  readonly #owners: string[] = [];
  #ownerLength = 0;
  #leftOut = 0;
  #hasCreated = false;
  #connected: string | null = null;
  #encoding: string | null = null;
  #transactionLine: number | null = null;
  #removingLine: number | null = null;
  #isCut = false;
  #searchPath: string | null = null;
  #out: Uint8Array[] = [];
  readonly #isOneTransaction: boolean;

  /** With `isOneTransaction` what begins and commits transactions is left out: whoever runs the script makes all of it one. */
  constructor({ isOneTransaction = false }: { readonly isOneTransaction?: boolean } = {}) {
    this.#isOneTransaction = isOneTransaction;
  }

  /** Takes the next bytes and returns those that may run. Throws `script-forbidden` { line, detail }. */
  push(chunk: Uint8Array): Uint8Array[] {
    this.#total += chunk.length;
    this.#take(chunk);
    this.#scan(false);
    return this.#release();
  }

  /** Ends the script. Throws `script-forbidden` for one that ends inside a string, a comment or rows. */
  end(): { chunks: Uint8Array[]; facts: WholeScript } {
    this.#scan(true);
    if (this.#state === "copy") throw this.#forbidden("it ends inside the rows of a table");
    if (this.#state !== "code" && this.#state !== "line-comment")
      throw this.#forbidden("it ends inside a string or a comment", this.#startLine);
    if (this.#start !== null) this.#endStatement(this.#bytes.length);
    this.#at = this.#bytes.length;
    const chunks = this.#release();
    return {
      chunks,
      facts: {
        bytes: this.#total,
        roles: [...this.#roles],
        extensions: this.#extensions,
        owners: this.#owners,
        leftOut: this.#leftOut,
        encoding: this.#encoding,
        transactionLine: this.#transactionLine,
        removingLine: this.#removingLine,
        isCut: this.#isCut,
      },
    };
  }

  #forbidden(detail: string, line = this.#line): LifeboatError {
    // oxlint-disable-next-line no-control-regex
    return new LifeboatError("script-forbidden", { line, detail: detail.slice(0, 200).replaceAll(/[\u0000-\u001f\u007f]/g, " ") });
  }

  /** Puts new bytes behind what is still held. */
  #take(chunk: Uint8Array): void {
    if (this.#bytes.length === 0) {
      this.#bytes = chunk;
      return;
    }
    const joined = new Uint8Array(this.#bytes.length + chunk.length);
    joined.set(this.#bytes);
    joined.set(chunk, this.#bytes.length);
    this.#bytes = joined;
  }

  #shift(by: number): void {
    this.#at -= by;
    this.#piece -= by;
    if (this.#start !== null) this.#start -= by;
    this.#from = 0;
  }

  #release(): Uint8Array[] {
    if (this.#start !== null && this.#isHeld && this.#at - this.#start > longestHeld) this.#letGo();
    // The byte before a quote or a dollar sign decides what it is: inside a statement two stay in sight.
    const until = this.#start === null ? this.#at : this.#isHeld ? this.#start : this.#at - 2;
    this.#emit(until);
    // Copied: the input's memory may be used again by its owner.
    this.#bytes = this.#bytes.slice(this.#from);
    this.#shift(this.#from);
    const out = this.#out;
    this.#out = [];
    return out;
  }

  /** Too long to be left out. A COPY of that length is no honest one: whether rows follow it could not be told. */
  #letGo(): void {
    if (/^\s*copy\b/i.test(this.#text + this.#decode(this.#piece, this.#piece + 16)))
      throw this.#forbidden("a COPY statement of that length");
    if (isInBody(this.#text + this.#decode(this.#piece, this.#at))) throw this.#forbidden("a function's body of that length");
    this.#isHeld = false;
    this.#text = "";
  }

  #isInBody(at: number): boolean {
    if (!this.#isHeld || (this.#bytes[this.#start ?? at]! | 0x20) !== lowerC) return false;
    return isInBody(this.#text + this.#decode(this.#piece, at));
  }

  #emit(until: number): void {
    if (until > this.#from) this.#out.push(this.#bytes.slice(this.#from, until));
    this.#from = Math.max(this.#from, until);
  }

  #decode(from: number, to: number): string {
    return decoder.decode(this.#bytes.subarray(Math.max(0, from), Math.max(0, to)));
  }

  #scan(isLast: boolean): void {
    if (this.#isFirst) {
      if (this.#bytes.length < 3 && !isLast) return;
      this.#isFirst = false;
      // A mark of the byte order is no part of SQL, and psql passes over it only on its first line.
      if (this.#bytes[0] === 0xef && this.#bytes[1] === 0xbb && this.#bytes[2] === 0xbf) this.#from = this.#at = 3;
    }
    let isEnough = true;
    while (isEnough && this.#at < this.#bytes.length) isEnough = this.#step(isLast);
  }

  /** One step in the present state; false when more bytes are needed. */
  #step(isLast: boolean): boolean {
    switch (this.#state) {
      case "code":
        return this.#code(isLast);
      case "line-comment":
        return this.#lineComment(isLast);
      case "comment":
        return this.#pass(commentEnd(this.#bytes, this.#at, this.#comment), isLast);
      case "quote":
        return this.#pass(quoteEnd(this.#bytes, this.#at, single, false), isLast);
      case "escape-quote":
        return this.#pass(quoteEnd(this.#bytes, this.#at, single, true), isLast);
      case "name":
        return this.#pass(quoteEnd(this.#bytes, this.#at, double, false), isLast);
      case "dollar":
        return this.#pass(dollarEnd(this.#bytes, this.#at, this.#tag), isLast);
      case "copy":
        return this.#rows(isLast);
    }
  }

  /** Goes behind a string or a comment, or to where the search for its end goes on with the next bytes. */
  #pass({ to, isOver }: Found, isLast: boolean): boolean {
    this.#line += countLines(this.#bytes, this.#at, to);
    this.#at = !isOver && isLast ? this.#bytes.length : to;
    if (!isOver) return false;
    if (this.#state === "comment") this.#piece = to;
    this.#state = "code";
    return true;
  }

  #code(isLast: boolean): boolean {
    const bytes = this.#bytes;
    const size = bytes.length;
    for (let at = this.#at; at < size; at += 1) {
      const byte = bytes[at]!;
      if (byte === lf) {
        this.#line += 1;
        if (this.#copyNext) {
          this.#copyNext = false;
          return this.#enter("copy", at + 1);
        }
        continue;
      }
      if (byte === space || byte === tab || byte === cr || byte === feed || byte === upright) continue;
      const next = bytes[at + 1];
      if ((byte === minus || byte === slash) && next === undefined && !isLast) return this.#waitAt(at);
      if (byte === minus && next === minus) return this.#beginComment("line-comment", at);
      if (byte === slash && next === star) return this.#beginComment("comment", at);
      if (byte === backslash) return this.#command(at, isLast);
      if (this.#copyNext) throw this.#forbidden("a statement on the line of COPY … FROM stdin");
      if (this.#start === null) {
        if (byte === semicolon) continue;
        this.#begin(at);
      }
      if (byte === single) return this.#enter(isEscapeQuote(bytes, at) ? "escape-quote" : "quote", at + 1);
      if (byte === double) return this.#enter("name", at + 1);
      if (byte === dollar && !isInWord(bytes, at)) {
        const end = dollarTagEnd(bytes, at, isLast);
        if (end === "more") return this.#waitAt(at);
        if (end !== null) {
          this.#tag = bytes.slice(at, end);
          return this.#enter("dollar", end);
        }
      }
      if (byte === open) this.#depth += 1;
      if (byte === close && this.#depth > 0) this.#depth -= 1;
      if (byte === semicolon && this.#depth === 0 && !this.#isInBody(at)) this.#endStatement(at);
    }
    this.#at = size;
    return true;
  }

  #enter(state: State, at: number): boolean {
    this.#state = state;
    this.#at = at;
    return true;
  }

  #waitAt(at: number): boolean {
    this.#at = at;
    return false;
  }

  #begin(at: number): void {
    this.#start = at;
    this.#startLine = this.#line;
    this.#piece = at;
    this.#text = "";
    this.#isHeld = true;
    this.#depth = 0;
  }

  #beginComment(state: "line-comment" | "comment", at: number): boolean {
    if (this.#start !== null && this.#isHeld) {
      this.#text += `${this.#decode(this.#piece, at)} `;
      this.#piece = at;
    }
    this.#comment.depth = 0;
    return this.#enter(state, at);
  }

  #lineComment(isLast: boolean): boolean {
    const end = this.#bytes.indexOf(lf, this.#at);
    const to = end < 0 ? this.#bytes.length : end;
    if (end < 0 && !isLast && to - this.#at < longestDumpLine) return false;
    if (this.#start === null && to - this.#at <= longestDumpLine) {
      const told = readDumpLine(this.#decode(this.#at, to));
      if (told !== null) this.#isCut = told === "begins";
    }
    if (end < 0) {
      this.#at = this.#bytes.length;
      return true;
    }
    this.#piece = end;
    return this.#enter("code", end);
  }

  /** Rows up to a line that is `\.` and nothing else. */
  #rows(isLast: boolean): boolean {
    const bytes = this.#bytes;
    while (this.#at < bytes.length) {
      const end = bytes.indexOf(lf, this.#at);
      if (end < 0 && !isLast) {
        // Three bytes and no line end: it is a row, however long, and it need not be kept.
        if (!this.#isInRow && bytes.length - this.#at < 4) return false;
        this.#isInRow = true;
        this.#at = bytes.length;
        return true;
      }
      const to = end < 0 ? bytes.length : end;
      const length = bytes[to - 1] === cr ? to - this.#at - 1 : to - this.#at;
      const isEnd = !this.#isInRow && length === 2 && bytes[this.#at] === backslash && bytes[this.#at + 1] === stop;
      this.#isInRow = false;
      if (end >= 0) this.#line += 1;
      this.#at = end < 0 ? to : end + 1;
      if (isEnd) return this.#enter("code", this.#at);
    }
    return true;
  }

  /** A backslash outside strings, comments and rows. */
  #command(at: number, isLast: boolean): boolean {
    const end = this.#bytes.indexOf(lf, at);
    if (end < 0 && !isLast && this.#bytes.length - at < longestLine) return this.#waitAt(at);
    const to = end < 0 ? this.#bytes.length : end;
    const text = this.#decode(at, Math.min(to, at + longestLine)).trimEnd();
    if (this.#start !== null || this.#copyNext || !this.#isTolerated(text)) throw this.#forbidden(text);
    this.#emit(at);
    this.#from = to;
    return this.#enter("code", to);
  }

  /** What pg_dump writes itself: its own restriction, and which database follows. Both are done by whoever runs the script. */
  #isTolerated(text: string): boolean {
    if (/^\\(?:un)?restrict [A-Za-z0-9]+$/.test(text)) return true;
    if (!/^\\connect [^\\`|]+$/.test(text)) return false;
    this.#connected ??= text;
    return this.#connected === text;
  }

  #endStatement(at: number): void {
    const isRead = this.#isHeld && meaningfulLetters.has((this.#bytes[this.#start ?? at] ?? 0) | 0x20);
    const text = isRead ? this.#text + this.#decode(this.#piece, at) : "";
    const line = this.#startLine;
    const start = this.#start ?? at;
    this.#start = null;
    this.#text = "";
    const word = /^\s*([a-z]+)/i.exec(text)?.[1]?.toLowerCase() ?? "";
    if (word === "truncate") this.#removingLine ??= line;
    if (!meaningfulWords.has(word)) return;
    const facts = readStatement(text);
    if (facts.forbidden !== null) throw this.#forbidden(facts.forbidden, line);
    this.#note(facts, text, line);
    this.#copyNext = facts.copiesRows;
    const isCreated = this.#hasCreated;
    this.#hasCreated ||= word === "create" && facts.leaveOut === null;
    if (facts.leaveOut !== null && !(facts.leaveOut === "clean" && isCreated)) this.#cut(start, at);
    else if (facts.transaction === "bracket" && this.#isOneTransaction) this.#cut(start, at);
    else if (word === "drop") this.#removingLine ??= line;
  }

  #note(facts: StatementFacts, text: string, line: number): void {
    for (const role of facts.roles) this.#roles.add(role);
    if (facts.extension !== null) this.#extensions.push({ ...facts.extension, line });
    this.#encoding ??= facts.encoding;
    if (facts.transaction === "breaks") this.#transactionLine ??= line;
    if (facts.leaveOut === "database") this.#leftOut += 1;
    if (facts.searchPath !== null) this.#searchPath = facts.searchPath;
    if (facts.leaveOut !== "owner") return;
    if (this.#searchPath !== null) this.#owners.push(this.#searchPath);
    this.#searchPath = null;
    this.#owners.push(text.trim());
    this.#ownerLength += text.length;
    if (this.#ownerLength > mostOwners) throw this.#forbidden("too many changes of ownership");
  }

  /** Leaves a statement out and keeps its line ends, so that errors name the true lines. */
  #cut(from: number, to: number): void {
    this.#emit(from);
    const lines = countLines(this.#bytes, from, to);
    if (lines > 0) this.#out.push(new Uint8Array(lines).fill(lf));
    this.#from = to;
  }
}

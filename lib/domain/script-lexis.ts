/** Bytes that mean something to the lexer of psql. */
export const code = {
  lf: 10,
  cr: 13,
  tab: 9,
  /** The vertical tab and the form feed. */
  upright: 11,
  feed: 12,
  space: 32,
  double: 34,
  dollar: 36,
  single: 39,
  open: 40,
  close: 41,
  star: 42,
  minus: 45,
  stop: 46,
  slash: 47,
  semicolon: 59,
  backslash: 92,
  lowerC: 99,
} as const;

const longestTag = 64;

/** Where a search ended: `to` is behind what was found, or where it has to go on once more bytes are there. */
export type Found = { readonly to: number; readonly isOver: boolean };

const isWordByte = (byte: number) =>
  (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || byte === 95 || (byte >= 97 && byte <= 122) || byte >= 128;

/** True when the byte before `at` belongs to a name or a number. */
export function isInWord(bytes: Uint8Array, at: number): boolean {
  const before = at > 0 ? bytes[at - 1] : undefined;
  return before !== undefined && (isWordByte(before) || before === code.dollar);
}

/** True for the quote of `E'…'`: the letter stands alone before it. */
export function isEscapeQuote(bytes: Uint8Array, at: number): boolean {
  const before = at > 0 ? bytes[at - 1] : undefined;
  return (before === 69 || before === 101) && !isInWord(bytes, at - 1);
}

/** The end of `$tag$` that begins at `at`; null when there is none, `more` when it is not in sight. */
export function dollarTagEnd(bytes: Uint8Array, at: number, isLast: boolean): number | "more" | null {
  const first = bytes[at + 1];
  if (first !== undefined && first >= 48 && first <= 57) return null;
  for (let to = at + 1; to < Math.min(bytes.length, at + longestTag); to += 1) {
    if (bytes[to] === code.dollar) return to + 1;
    if (!isWordByte(bytes[to]!)) return null;
  }
  return bytes.length - at < longestTag && !isLast ? "more" : null;
}

/** Comments nest; `depth` is carried from piece to piece. */
export function commentEnd(bytes: Uint8Array, from: number, comment: { depth: number }): Found {
  for (let at = from; at < bytes.length; at += 1) {
    const byte = bytes[at]!;
    if (byte !== code.star && byte !== code.slash) continue;
    if (at + 1 >= bytes.length) return { to: at, isOver: false };
    if (byte === code.slash && bytes[at + 1] === code.star) {
      comment.depth += 1;
      at += 1;
    } else if (byte === code.star && bytes[at + 1] === code.slash) {
      comment.depth -= 1;
      at += 1;
      if (comment.depth === 0) return { to: at + 1, isOver: true };
    }
  }
  return { to: bytes.length, isOver: false };
}

/** A doubled quote ends a plain string and begins the next one, which comes to the same; inside `E'…'` it must not, what follows is escaped too. */
export function quoteEnd(bytes: Uint8Array, from: number, mark: number, isEscape: boolean): Found {
  if (!isEscape) {
    const end = bytes.indexOf(mark, from);
    return end < 0 ? { to: bytes.length, isOver: false } : { to: end + 1, isOver: true };
  }
  for (let at = from; at < bytes.length; at += 1) {
    const byte = bytes[at]!;
    if (byte !== code.backslash && byte !== mark) continue;
    if (at + 1 >= bytes.length) return { to: at, isOver: false };
    if (byte === mark && bytes[at + 1] !== mark) return { to: at + 1, isOver: true };
    at += 1;
  }
  return { to: bytes.length, isOver: false };
}

export function dollarEnd(bytes: Uint8Array, from: number, tag: Uint8Array): Found {
  for (let at = bytes.indexOf(code.dollar, from); at >= 0; at = bytes.indexOf(code.dollar, at + 1)) {
    if (at + tag.length > bytes.length) return { to: at, isOver: false };
    if (tag.every((each, index) => bytes[at + index] === each)) return { to: at + tag.length, isOver: true };
  }
  return { to: bytes.length, isOver: false };
}

export function countLines(bytes: Uint8Array, from: number, to: number): number {
  let lines = 0;
  for (let at = bytes.indexOf(code.lf, from); at >= 0 && at < to; at = bytes.indexOf(code.lf, at + 1)) lines += 1;
  return lines;
}

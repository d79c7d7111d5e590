import type { Reason } from "./error.ts";

/** What one look at a copy came to. `expected` and `actual` are short texts for people, `evidence` is what was found at length. */
export type Judgement = {
  readonly verdict: "passed" | "failed";
  readonly expected: string;
  readonly actual: string;
  readonly reason: Reason | null;
  readonly evidence: string;
};

/** Bytes of a check's evidence that are kept. */
export const mostEvidenceBytes = 65_536;
/** Characters of `expected` and `actual`, and of a name in a reason. */
const mostShortLength = 500;

export function passed(expected: string, actual: string, evidence = ""): Judgement {
  return { verdict: "passed", expected: short(expected), actual: short(actual), reason: null, evidence: bounded(evidence) };
}

export function failed(expected: string, actual: string, reason: Reason, evidence = ""): Judgement {
  return { verdict: "failed", expected: short(expected), actual: short(actual), reason, evidence: bounded(evidence) };
}

/** Something else than what was expected. */
export function differs(expected: string, actual: string, evidence = ""): Judgement {
  const reason: Reason = { code: "check-differs", params: { expected: short(expected), actual: short(actual) } };
  return failed(expected, actual, reason, evidence);
}

/** Kinds of things that a check misses or finds; the messages have a word for each. */
export type Counted =
  | "tables"
  | "objects"
  | "sequences"
  | "constraints"
  | "indexes"
  | "rows"
  | "roles"
  | "extensions"
  | "errors"
  | "problems";

/** `lines` are what is missing, one a line, the first of them named in the reason. */
export function missing(what: Counted, lines: readonly string[], sides: { expected: string; actual: string }): Judgement {
  return failed(sides.expected, sides.actual, { code: "check-missing", params: countOf(what, lines) }, lines.join("\n"));
}

/** `lines` are what should not be there; `count` when there are more than lines. */
export function found(
  what: Counted,
  lines: readonly string[],
  sides: { expected: string; actual: string },
  count = lines.length,
): Judgement {
  return failed(sides.expected, sides.actual, { code: "check-found", params: { ...countOf(what, lines), count } }, lines.join("\n"));
}

function countOf(what: Counted, lines: readonly string[]) {
  return { what, count: lines.length, first: short(lines[0] ?? "") };
}

/** A text for people, of one line. */
export function short(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > mostShortLength ? `${line.slice(0, mostShortLength - 1)}…` : line;
}

/** Cuts a text to so many bytes of UTF-8 and says so. */
export function bounded(text: string, mostBytes = mostEvidenceBytes): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= mostBytes) return text;
  const note = `\n… ${bytes.length} bytes in all`;
  // What is cut in the middle of a character ends in a replacement character, which goes.
  const head = new TextDecoder().decode(bytes.subarray(0, mostBytes - note.length - 8)).replace(/\uFFFD$/, "");
  return head + note;
}

/** Names as people write them: quoted only where they need it. */
export function shown(name: { readonly schema: string; readonly table: string }): string {
  return [name.schema, name.table].map((part) => (/^[a-z_][a-z0-9_$]*$/.test(part) ? part : JSON.stringify(part))).join(".");
}

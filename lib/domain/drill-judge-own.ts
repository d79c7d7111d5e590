import { differs, failed, type Judgement, passed, short } from "./drill-judgement.ts";

export type SqlExpectation =
  | { readonly type: "value"; readonly comparison: "=" | "!=" | "<" | "<=" | ">" | ">="; readonly value: string }
  | { readonly type: "rows"; readonly rows: readonly (readonly (string | null)[])[] };

type Answer = { readonly rows: readonly (readonly (string | null)[])[]; readonly truncated: boolean };

const text = (cell: string | null) => (cell === null ? "null" : cell);

/** Compares an answer of the database with what is expected of it. */
export function judgeSql(expect: SqlExpectation, answer: Answer): Judgement {
  return expect.type === "value" ? judgeValue(expect, answer) : judgeRows(expect.rows, answer);
}

function judgeValue({ comparison, value }: Extract<SqlExpectation, { type: "value" }>, { rows, truncated }: Answer): Judgement {
  const expected = `${comparison} ${value}`;
  const [row] = rows;
  if (row === undefined || rows.length > 1 || truncated)
    return differs(expected, `${truncated ? "more than " : ""}${rows.length} rows instead of one`);
  const cell = row[0] ?? null;
  // NULL is neither equal to anything nor different from it, less or more.
  const holds = cell !== null && compares(comparison, order(cell, value));
  return holds ? passed(expected, cell) : differs(expected, text(cell));
}

function compares(comparison: string, sign: number): boolean {
  switch (comparison) {
    case "=":
      return sign === 0;
    case "!=":
      return sign !== 0;
    case "<":
      return sign < 0;
    case "<=":
      return sign <= 0;
    case ">":
      return sign > 0;
    default:
      return sign >= 0;
  }
}

const number = /^\s*([+-]?)0*(\d*)(?:\.(\d*))?\s*$/;

/** -1, 0 or 1. Numbers are compared exactly, whatever their length; what is none is compared as text. */
function order(left: string, right: string): number {
  const numbers = [decimal(left), decimal(right)];
  const [a, b] = numbers;
  if (a === null || a === undefined || b === null || b === undefined) return left === right ? 0 : left < right ? -1 : 1;
  const scale = Math.max(a.places, b.places);
  const [x, y] = [a, b].map(({ digits, places }) => digits * 10n ** BigInt(scale - places)) as [bigint, bigint];
  return x === y ? 0 : x < y ? -1 : 1;
}

function decimal(value: string): { digits: bigint; places: number } | null {
  const [, sign = "", whole = "", fraction = ""] = number.exec(value) ?? [];
  if (!number.test(value) || !/\d/.test(value)) return exponent(value);
  const digits = BigInt(`${whole}${fraction}` || "0");
  return { digits: sign === "-" ? -digits : digits, places: fraction.length };
}

/** Floating point as PostgreSQL prints it (`1e+20`); beyond what a double holds it is text. */
function exponent(value: string): { digits: bigint; places: number } | null {
  const [, mantissa, power] = /^\s*([+-]?\d+(?:\.\d+)?)e([+-]?\d{1,3})\s*$/i.exec(value) ?? [];
  if (mantissa === undefined || power === undefined) return null;
  const parsed = decimal(mantissa);
  if (parsed === null) return null;
  const places = parsed.places - Number(power);
  return places >= 0 ? { ...parsed, places } : { digits: parsed.digits * 10n ** BigInt(-places), places: 0 };
}

function judgeRows(expectedRows: readonly (readonly (string | null)[])[], { rows, truncated }: Answer): Judgement {
  const line = (cells: readonly (string | null)[]) => cells.map(text).join(" | ");
  const expected = `${expectedRows.length} rows${expectedRows[0] === undefined ? "" : `, first ${line(expectedRows[0])}`}`;
  const isSame = (at: number) => JSON.stringify(expectedRows[at]) === JSON.stringify(rows[at]);
  const length = Math.max(expectedRows.length, rows.length);
  const other = Array.from({ length }, (_, at) => at).filter((at) => !isSame(at));
  const actual = `${truncated ? "more than " : ""}${rows.length} rows`;
  if (other.length === 0 && !truncated) return passed(expected, actual);
  const lines = other.map((at) => {
    const [wanted, now] = [expectedRows[at], rows[at]];
    return `row ${at + 1}: ${wanted === undefined ? "none" : line(wanted)} expected, ${now === undefined ? "none" : line(now)} found`;
  });
  return differs(expected, lines[0] === undefined ? actual : short(lines[0]), lines.join("\n"));
}

/**
 * `matches` null: the pattern could not be tried in time. What a POST answers (a session, after signing in) is no evidence to keep: only what was found
 * of it.
 */
export function judgeHttp(
  order_: { readonly method: "GET" | "POST"; readonly status: number; readonly bodyPattern: string },
  answer: { readonly status: number; readonly body: string; readonly matches: boolean | null },
): Judgement {
  const pattern = order_.bodyPattern === "" ? "" : `, body like /${order_.bodyPattern}/`;
  const expected = `status ${order_.status}${pattern}`;
  const evidence = `status ${answer.status}${order_.method === "GET" ? `\n\n${answer.body}` : toldOf(order_.bodyPattern, answer.matches)}`;
  if (answer.status !== order_.status) return differs(expected, `status ${answer.status}`, evidence);
  if (answer.matches === null) {
    return failed(
      expected,
      "the pattern takes too long",
      { code: "check-not-possible", params: { detail: "the pattern takes too long on this body" } },
      evidence,
    );
  }
  return answer.matches
    ? passed(expected, `status ${answer.status}`, evidence)
    : differs(expected, `status ${answer.status}, another body`, evidence);
}

function toldOf(pattern: string, matches: boolean | null): string {
  if (pattern === "") return "";
  return `\n\nthe ${matches === null ? "pattern takes too long on the body" : `body ${matches ? "matches" : "does not match"} the pattern`}`;
}

/** A command says by its exit code whether all is well. */
export function judgeCommand(outcome: {
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  readonly output: string;
  readonly durationMs: number;
}): Judgement {
  const expected = "exit code 0";
  if (outcome.timedOut) {
    const seconds = Math.round(outcome.durationMs / 1000);
    return failed(expected, `ended after ${seconds} s`, { code: "check-timeout", params: { seconds } }, outcome.output);
  }
  const actual = outcome.exitCode === null ? "ended by a signal" : `exit code ${outcome.exitCode}`;
  return outcome.exitCode === 0 ? passed(expected, actual, outcome.output) : differs(expected, actual, outcome.output);
}

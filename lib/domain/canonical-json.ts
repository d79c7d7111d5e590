/** What JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * The canonical text of a JSON value by RFC 8785: no white space, members in the order of their names' UTF-16 code units, strings and numbers as
 * ECMAScript writes them. Equal values have equal texts, so that a text can be hashed and signed. Throws `TypeError` for what I-JSON cannot hold:
 * NaN, infinities, half a surrogate pair, `undefined`.
 */
export function canonicalJson(value: Json): string {
  if (typeof value === "string") return canonicalText(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new TypeError(`${value} is not a number of JSON`);
    return JSON.stringify(value);
  }
  if (value === null || typeof value === "boolean") return String(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object") throw new TypeError(`${typeof value} is not a value of JSON`);
  const members = Object.keys(value).toSorted(byCodeUnits);
  return `{${members.map((name) => `${canonicalText(name)}:${canonicalJson(value[name] as Json)}`).join(",")}}`;
}

function canonicalText(text: string): string {
  if (!text.isWellFormed()) throw new TypeError("a text has half a surrogate pair");
  return JSON.stringify(text);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function byCodeUnits(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** What a `Range` header asks of a file: the whole, one part, or something outside it. */
export type RequestedRange = { kind: "whole" } | { kind: "part"; offset: number; length: number } | { kind: "outside" };

const whole: RequestedRange = { kind: "whole" };

/**
 * Reads a `Range` header (RFC 9110, section 14) for a file of `sizeBytes`. One range of bytes is understood; several, other units and what
 * cannot be read count as no header, as the RFC allows.
 */
export function parseRange(header: string | undefined, sizeBytes: number): RequestedRange {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? "");
  if (match === null) return whole;
  const [, first = "", last = ""] = match;
  if (first === "" && last === "") return whole;
  if (first === "") {
    const length = Math.min(Number(last), sizeBytes);
    return length === 0 ? { kind: "outside" } : { kind: "part", offset: sizeBytes - length, length };
  }
  const offset = Number(first);
  const end = last === "" ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  if (last !== "" && Number(last) < offset) return whole;
  return offset >= sizeBytes ? { kind: "outside" } : { kind: "part", offset, length: end - offset + 1 };
}

/** With `If-Range`, a part is only right of the very file that the client holds the beginning of; else the whole is sent. */
export function mayResume(ifRange: string | null, etag: string): boolean {
  return ifRange === null || ifRange.trim() === etag;
}

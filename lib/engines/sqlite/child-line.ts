import { readSync, writeSync } from "node:fs";
import { LifeboatError } from "#lib/domain/error";
import type { ChildEvent } from "./child-protocol.ts";

/** Says one line. A parent that is gone ends the child here: the pipe is broken. */
export function say(event: ChildEvent): void {
  const bytes = Buffer.from(`${JSON.stringify(event)}\n`);
  for (let written = 0; written < bytes.length;) written += writeSync(1, bytes, written);
}

let pending = "";

/** The next line of standard input, waiting for it; null at its end, which is also the end of the parent. */
export function hear(): string | null {
  const chunk = Buffer.alloc(65_536);
  for (;;) {
    const end = pending.indexOf("\n");
    if (end >= 0) {
      const line = pending.slice(0, end);
      pending = pending.slice(end + 1);
      return line;
    }
    const read = readSync(0, chunk);
    if (read === 0) return null;
    pending += chunk.toString("utf8", 0, read);
  }
}

type SqliteError = Error & { readonly errcode?: number; readonly code?: string; readonly syscall?: string };

/** Primary result code of an SQLite error; null for others. https://www.sqlite.org/rescode.html */
export function resultCode(error: unknown): number | null {
  const code = error instanceof Error ? (error as SqliteError).errcode : undefined;
  return code === undefined ? null : code & 0xff;
}

export const sqliteBusy = 5;
export const sqliteLocked = 6;

/** An error as the parent throws it again. `path` is what was worked on. */
export function failureOf(error: unknown, path: string): ChildEvent {
  if (error instanceof LifeboatError) return { event: "failed", code: error.code, params: error.params };
  const { code: errno, message } = error as SqliteError;
  switch (resultCode(error) ?? errno) {
    case sqliteBusy:
    case sqliteLocked:
      return { event: "failed", code: "file-in-use", params: { path, count: 0 } };
    case 3:
    case 8:
    case "EACCES":
    case "EPERM":
      return { event: "failed", code: "permission-denied", params: { path } };
    case 11:
      return { event: "failed", code: "sqlite-check-failed", params: { check: "read", detail: message } };
    case 13:
    case "ENOSPC":
      return { event: "failed", code: "no-space", params: { path, freeBytes: 0, neededBytes: 0 } };
    case 26:
      return { event: "failed", code: "file-not-sqlite", params: { path } };
    case "ENOENT":
      return { event: "failed", code: "file-missing", params: { path } };
    case "ELOOP":
      return { event: "failed", code: "file-changed", params: { path } };
    default:
      return { event: "failed", code: "io-error", params: { path, detail: message.slice(0, 500) } };
  }
}

import type { ImportFormat } from "./import-state.ts";

/** What the first bytes of a file are. `gzip`, `zstd` and `tar` hold something else that has to be looked at. */
export type FirstBytes =
  | { readonly kind: "format"; readonly format: ImportFormat; readonly takenAt: Date | null }
  | { readonly kind: "gzip" | "zstd" | "tar" }
  /** `found` is said to people: what it seems to be, and why it cannot be imported. */
  | { readonly kind: "nothing"; readonly found: string };

/** So many bytes from the beginning are enough to decide; fewer when the file is shorter. */
export const firstBytesNeeded = 65_536;

const ascii = (bytes: Uint8Array, from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));

/** Tells what a file is by its content; its name plays no part. `bytes` are its first ones, decompressed where they were compressed. */
export function detectFirstBytes(bytes: Uint8Array): FirstBytes {
  if (bytes.length === 0) return { kind: "nothing", found: "it is empty" };
  if (ascii(bytes, 0, 5) === "PGDMP") return detectArchive(bytes);
  if (ascii(bytes, 0, 16) === "SQLite format 3\0") return { kind: "format", format: "sqlite", takenAt: null };
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return { kind: "gzip" };
  if (ascii(bytes, 0, 4) === "\x28\xb5\x2f\xfd") return { kind: "zstd" };
  if (ascii(bytes, 257, 262) === "ustar") return { kind: "tar" };
  return detectOther(bytes);
}

const known: readonly (readonly [string, string])[] = [
  ["PK\x03\x04", "a ZIP archive"],
  ["BZh", "compressed with bzip2"],
  ["\xfd7zXZ\0", "compressed with xz"],
  ["\x04\x22\x4d\x18", "compressed with lz4"],
  ["\x7fELF", "a program"],
  ["\xff\xfe", "UTF-16 text; save it as UTF-8"],
  ["\xfe\xff", "UTF-16 text; save it as UTF-8"],
];

function detectOther(bytes: Uint8Array): FirstBytes {
  for (const [magic, found] of known) if (ascii(bytes, 0, magic.length) === magic) return { kind: "nothing", found };
  const head = bytes.subarray(0, firstBytesNeeded);
  if (head.includes(0)) return { kind: "nothing", found: "neither text nor a known kind of file" };
  return detectScript(new TextDecoder("utf-8").decode(head));
}

/** Words that an SQL script of PostgreSQL begins with. `\restrict` and `\connect` are what pg_dump itself writes. */
const firstWord =
  /^(abort|alter|analyze|begin|call|cluster|comment|commit|copy|create|delete|do|drop|grant|insert|lock|reindex|reset|revoke|security|select|set|start|truncate|update|vacuum|values|with|\\restrict|\\connect)\b/i;

function detectScript(text: string): FirstBytes {
  let rest = text.replace(/^\ufeff/, "");
  let comments = "";
  for (
    let at = /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)/.exec(rest);
    at !== null;
    at = /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)/.exec(rest)
  ) {
    comments += at[0];
    rest = rest.slice(at[0].length);
  }
  if (/PostgreSQL database cluster dump/.test(comments)) {
    return { kind: "nothing", found: "a dump of a whole server (pg_dumpall); import one database at a time, made by pg_dump" };
  }
  if (/^-- (MySQL|MariaDB) dump/m.test(comments)) return { kind: "nothing", found: "a dump of MySQL" };
  const isDump = /^-- PostgreSQL database dump/m.test(comments);
  if (!isDump && !firstWord.test(rest)) {
    return { kind: "nothing", found: comments.trim() !== "" && rest === "" ? "comments only" : "no SQL script of PostgreSQL" };
  }
  return { kind: "format", format: "pg-plain", takenAt: startedOn(text) };
}

/** `-- Started on 2026-11-22 03:00:00 UTC`, which `pg_dump --verbose` writes. A zone that is not UTC is not guessed. */
function startedOn(text: string): Date | null {
  const [, day, time] = /^-- Started on (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) (?:UTC|GMT)\s*$/m.exec(text) ?? [];
  return day === undefined ? null : dateOf(`${day}T${time ?? ""}Z`);
}

function dateOf(text: string): Date | null {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? null : at;
}

/** Versions that the comments of a script name, as `17.12`; null where they do not. */
export function scriptVersions(text: string): { server: string | null; tool: string | null } {
  return {
    server: /^-- Dumped from database version (\d+(?:\.\d+)*)/m.exec(text)?.[1] ?? null,
    tool: /^-- Dumped by pg_dump version (\d+(?:\.\d+)*)/m.exec(text)?.[1] ?? null,
  };
}

/** How an archive of pg_dump is laid out; `pg_backup_archiver.h` has the numbers. */
export type ArchiveLayout = "custom" | "tar" | "directory";
const layouts: Readonly<Record<number, ArchiveLayout>> = { 1: "custom", 3: "tar", 5: "directory" };

/**
 * Reads the fixed part of an archive's header (also of `toc.dat`): layout and creation time. The header has no zone: the time is taken for
 * UTC. Null when it is no archive of a known version, or cut.
 */
export function readArchiveHead(bytes: Uint8Array): { layout: ArchiveLayout; takenAt: Date | null } | null {
  if (bytes.length < 64 || ascii(bytes, 0, 5) !== "PGDMP") return null;
  const [major, minor, intSize, format] = [bytes[5], bytes[6] ?? 0, bytes[8], bytes[10] ?? 0];
  const layout = layouts[format];
  if (major !== 1 || minor < 12 || minor > 20 || intSize !== 4 || layout === undefined) return null;
  let at = minor >= 15 ? 12 : 16;
  const int = () => {
    const value = new DataView(bytes.buffer, bytes.byteOffset + at + 1, 4).getUint32(0, true);
    const signed = bytes[at] === 0 ? value : -value;
    at += 5;
    return signed;
  };
  const [second, minute, hour, day, month, year] = [int(), int(), int(), int(), int(), int()];
  const takenAt = new Date(Date.UTC(1900 + year, month, day, hour, minute, second));
  const isPlausible =
    year >= 90 && year < 300 && takenAt.getUTCMonth() === month && takenAt.getUTCDate() === day && takenAt.getUTCHours() === hour;
  return { layout, takenAt: isPlausible ? takenAt : null };
}

function detectArchive(bytes: Uint8Array): FirstBytes {
  const head = readArchiveHead(bytes);
  if (head === null) return { kind: "nothing", found: "an archive of pg_dump that is cut, or of an unknown version" };
  if (head.layout === "custom") return { kind: "format", format: "pg-custom", takenAt: head.takenAt };
  return { kind: "nothing", found: "the table of contents of an archive without its data; import the whole folder as a tar" };
}

export type TarHeader = { readonly name: string; readonly bytes: number; readonly type: "file" | "folder" | "other" };

/** One header of a tar (ustar, GNU and pax alike); null for the zeros at its end. Throws when the checksum is wrong. */
export function readTarHeader(block: Uint8Array): TarHeader | null {
  if (block.every((byte) => byte === 0)) return null;
  let sum = 0;
  for (let at = 0; at < 512; at += 1) sum += at >= 148 && at < 156 ? 32 : (block[at] ?? 0);
  if (sum !== Number.parseInt(ascii(block, 148, 156), 8)) throw new Error("a damaged header");
  const text = (from: number, length: number) => new TextDecoder().decode(block.subarray(from, from + length)).replace(/\0.*$/s, "");
  const prefix = ascii(block, 257, 263) === "ustar\0" ? text(345, 155) : "";
  const bytes = Number.parseInt(text(124, 12).trim() || "0", 8);
  if (!Number.isSafeInteger(bytes) || bytes < 0) throw new Error("a length that cannot be");
  const flag = ascii(block, 156, 157);
  const type = flag === "0" || flag === "\0" ? "file" : flag === "5" ? "folder" : "other";
  return { name: prefix === "" ? text(0, 100) : `${prefix}/${text(0, 100)}`, bytes, type };
}

/**
 * Tells a tar by the beginning of it: an archive of pg_dump when its first file is one of an archive's. `bytes` should hold the first
 * file's header, and the start of `toc.dat` where that comes first.
 */
export function detectTar(bytes: Uint8Array): FirstBytes {
  try {
    for (let at = 0; at + 512 <= bytes.length;) {
      const header = readTarHeader(bytes.subarray(at, at + 512));
      if (header === null) break;
      const member = header.type === "file" ? archiveMemberName(header.name) : null;
      if (header.type === "file" && member === null)
        return { kind: "nothing", found: "a tar of something else than an archive of pg_dump" };
      if (member !== null) {
        const head = member === "toc.dat" ? readArchiveHead(bytes.subarray(at + 512, at + 512 + header.bytes)) : null;
        return { kind: "format", format: "pg-directory-tar", takenAt: head?.takenAt ?? null };
      }
      at += 512 + Math.ceil(header.bytes / 512) * 512;
    }
  } catch {
    return { kind: "nothing", found: "a damaged tar" };
  }
  return { kind: "nothing", found: "an empty tar" };
}

/** Length of what `isPackEnd` looks at. */
export const packEndBytes = 88;

/** True for the last bytes of a pack of Lifeboat (docs/format.md); its reader checks the rest. */
export function isPackEnd(bytes: Uint8Array): boolean {
  return bytes.length === packEndBytes && ascii(bytes, 0, 4) === "\x5b\x2a\x4d\x18" && ascii(bytes, 8, 16) === "LIFEBOAT";
}

/** Files of an archive in directory or tar format, as pg_dump names them. Nothing else is ever taken out of a tar. */
const archiveMember = /^(?:toc\.dat|\d+\.dat(?:\.gz|\.lz4|\.zst)?|blobs(?:_\d+)?\.toc|blob_\d+\.dat(?:\.gz|\.lz4|\.zst)?|restore\.sql)$/;

/** The plain name of an archive's file inside a tar, at its root or one folder deep; null for anything else. */
export function archiveMemberName(name: string): string | null {
  const parts = name.replace(/^\.\//, "").split("/");
  const last = parts.at(-1) ?? "";
  if (parts.length > 2 || parts.some((part) => part === "" || part === "..")) return null;
  return archiveMember.test(last) ? last : null;
}

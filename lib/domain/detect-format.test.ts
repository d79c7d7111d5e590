import { describe, expect, it } from "vitest";
import { archiveMemberName, detectFirstBytes, readTarHeader, scriptVersions } from "./detect-format.ts";

const bytes = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));
const int = (value: number) => String.fromCharCode(0, value & 255, (value >> 8) & 255, 0, 0);

/** An archive's header as pg_dump 17 writes it: 1.16, no compression, 22 November 2026, 03:04:05. */
function archive(format: number, minor = 16): Uint8Array {
  const compression = minor >= 15 ? "\0" : int(0);
  const times = [5, 4, 3, 22, 10, 126, 0].map(int).join("");
  return bytes(`PGDMP\x01${String.fromCharCode(minor)}\0\x04\x08${String.fromCharCode(format)}${compression}${times}${"x".repeat(40)}`);
}

describe("the first bytes of a file", () => {
  it.each([16, 15, 14, 13, 12])("tell an archive of version 1.%i with its time", (minor) => {
    expect(detectFirstBytes(archive(1, minor))).toEqual({ kind: "format", format: "pg-custom", takenAt: new Date("2026-11-22T03:04:05Z") });
  });

  it.each([
    ["SQLite format 3\0rest", { kind: "format", format: "sqlite", takenAt: null }],
    ["\x1f\x8b\x08", { kind: "gzip" }],
    ["\x28\xb5\x2f\xfd rest", { kind: "zstd" }],
    [`${"x".repeat(257)}ustar\0${"0".repeat(300)}`, { kind: "tar" }],
    ["--\n-- PostgreSQL database dump\n--\n\nSET a = 1;", { kind: "format", format: "pg-plain", takenAt: null }],
    ["\xef\xbb\xbfcreate table t ();", { kind: "format", format: "pg-plain", takenAt: null }],
    ["/* by hand */\n  INSERT into t values (1);", { kind: "format", format: "pg-plain", takenAt: null }],
    [
      "--\n-- PostgreSQL database dump\n--\n\n-- Started on 2026-11-22 03:00:00 UTC\n\nSET a = 1;",
      { kind: "format", format: "pg-plain", takenAt: new Date("2026-11-22T03:00:00Z") },
    ],
  ])("tell %j", (text, expected) => {
    expect(detectFirstBytes(bytes(text))).toEqual(expected);
  });

  it.each([
    ["", "it is empty"],
    ["PGDMP", "cut"],
    ["--\n-- PostgreSQL database cluster dump\n--\nSET x = 1;", "pg_dumpall"],
    ["-- MySQL dump 10.13\nCREATE TABLE x;", "MySQL"],
    ["PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;", "no SQL script of PostgreSQL"],
    ["hello", "no SQL script"],
    ["-- nothing\n", "comments only"],
    ["PK\x03\x04", "ZIP"],
    ["\xff\xfes\0e\0", "UTF-16"],
    ["select \0", "neither text"],
    ["\x7fELF\x02", "a program"],
  ])("refuse %j and say why", (text, why) => {
    expect(detectFirstBytes(bytes(text))).toMatchObject({ kind: "nothing", found: expect.stringContaining(why) as string });
  });

  it("refuse a table of contents without its data", () => {
    expect(detectFirstBytes(archive(5))).toMatchObject({ kind: "nothing", found: expect.stringContaining("without its data") as string });
  });
});

it("reads the versions that a script names", () => {
  const text = "-- Dumped from database version 15.20 (Debian 15.20-1)\n-- Dumped by pg_dump version 17.12\n";
  expect(scriptVersions(text)).toEqual({ server: "15.20", tool: "17.12" });
  expect(scriptVersions("select 1")).toEqual({ server: null, tool: null });
});

it("takes the files of an archive out of a tar and nothing else, however it is named", () => {
  const names = ["toc.dat", "./toc.dat", "dump/3456.dat.gz", "./dump/blobs.toc", "blob_12.dat.zst", "restore.sql"];
  expect(names.map(archiveMemberName)).toEqual(["toc.dat", "toc.dat", "3456.dat.gz", "blobs.toc", "blob_12.dat.zst", "restore.sql"]);
  const hostile = ["../toc.dat", "/toc.dat", "a/b/toc.dat", "../../etc/passwd", "1.dat/../../x", "toc.dat.exe", "a/../toc.dat", ""];
  expect(hostile.map(archiveMemberName)).toEqual(hostile.map(() => null));
});

it("refuses a header of a tar whose checksum is wrong", () => {
  expect(readTarHeader(new Uint8Array(512))).toBeNull();
  expect(() => readTarHeader(bytes("toc.dat".padEnd(512, "\0")))).toThrow(/damaged/);
});

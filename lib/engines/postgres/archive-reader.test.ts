import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import "#lib/testing/property-seed";
import { buildArchive, type FixtureTable } from "./archive-fixture.ts";
import { ArchiveReader, type ArchiveFacts } from "./archive-reader.ts";

type Read = { output: Buffer; cuts: number[]; facts: ArchiveFacts };

/** Reads with pieces of the given sizes (repeated), overwriting each piece afterwards, as a pool of buffers would. */
function read(archive: Buffer, sizes: readonly number[] = [65_536]): Read {
  const reader = new ArchiveReader();
  const parts: Buffer[] = [];
  const cuts: number[] = [];
  let written = 0;
  const take = (chunks: ReturnType<ArchiveReader["push"]>) => {
    for (const chunk of chunks) {
      if (chunk.cut) cuts.push(written);
      parts.push(Buffer.from(chunk.bytes));
      written += chunk.bytes.length;
    }
  };
  for (let at = 0, turn = 0; at < archive.length; turn += 1) {
    const size = sizes[turn % sizes.length]!;
    const piece = Buffer.from(archive.subarray(at, at + size));
    take(reader.push(piece));
    piece.fill(0x2a);
    at += size;
  }
  const { chunks, facts } = reader.end();
  take(chunks);
  return { output: Buffer.concat(parts), cuts, facts };
}

const sha = (rows: readonly string[]) =>
  createHash("sha256")
    .update(rows.map((row) => `${row}\n`).join(""))
    .digest("hex");

const wide = "w".repeat(200_000);
const tables: FixtureTable[] = [
  { schema: "public", table: "orders", rows: ["1\tann\t\\N", "2\tbob\t表", "abcd", "\\\\.", "\\\\."] },
  { schema: "a.b", table: 'x"; drop\n', rows: [] },
  { schema: "public", table: "wide", rows: [wide, "", "short", wide.slice(1)] },
  { schema: "public", table: "many", rows: Array.from({ length: 5_000 }, (_, index) => `${index}\trow ${index}`) },
];
const expected = tables.map(({ schema, table, rows }) => ({
  schema,
  table,
  rows: rows.length,
  bytes: Buffer.byteLength(rows.map((row) => `${row}\n`).join("")),
  sha256: sha(rows),
}));

describe("ArchiveReader", () => {
  it.each([12, 13, 14, 15, 16])("counts and hashes every table of version 1.%i and passes the bytes unchanged", (minor) => {
    const archive = buildArchive(tables, { minor, largeObjects: [Buffer.alloc(100_000, 1), Buffer.from("x")] });
    const { output, facts } = read(archive);
    expect(output.equals(archive)).toBe(true);
    expect(facts.tables).toEqual(expected);
    expect(facts).toMatchObject({ largeObjects: 2, unread: null, cut: null, header: { version: `1.${minor}`, toolVersion: "15.20" } });
  });

  it("cuts exactly where a table's data block begins", () => {
    const archive = buildArchive(tables);
    const { cuts } = read(archive, [777]);
    expect(cuts).toHaveLength(tables.length);
    for (const [index, at] of cuts.entries()) {
      expect(archive[at]).toBe(1);
      expect(archive.readUInt32LE(at + 2)).toBe(1_000 + index);
    }
  });

  it("gives the same result however the input is cut into pieces", () => {
    const small = tables.map((table) => ({ ...table, rows: table.rows.slice(0, 40).map((row) => row.slice(0, 90_000)) }));
    for (const frameBytes of [undefined, 1_000]) {
      const archive = buildArchive(small, { ...(frameBytes === undefined ? {} : { frameBytes }), largeObjects: [Buffer.from("object")] });
      const whole = read(archive, [archive.length]);
      fc.assert(
        fc.property(fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 8 }), (sizes) => {
          const pieces = read(archive, sizes);
          expect(pieces.output.equals(whole.output)).toBe(true);
          expect(pieces.cuts).toEqual(whole.cuts);
          expect(pieces.facts).toEqual(whole.facts);
        }),
        { numRuns: 60 },
      );
    }
  });

  it("reads byte by byte", () => {
    const archive = buildArchive(tables.slice(0, 2), { largeObjects: [Buffer.from("object")] });
    const { output, facts } = read(archive, [1]);
    expect(output.equals(archive)).toBe(true);
    expect(facts.tables).toEqual(expected.slice(0, 2));
  });

  it.each([7, 1_000, 131_072])("frames blocks of %i bytes anew, so that the archive equals one of one row a block", (frameBytes) => {
    const plain = buildArchive(tables, { minor: 16 });
    const framed = buildArchive(tables, { minor: 16, frameBytes });
    const { output, facts, cuts } = read(framed, [65_536, 13]);
    expect(output.equals(plain)).toBe(true);
    expect(facts.tables).toEqual(expected);
    expect(facts).toMatchObject({ unread: null, cut: null, bytesIn: framed.length, bytesOut: plain.length });
    expect(cuts).toEqual(read(plain).cuts);
  });

  it("notices every truncation", () => {
    const archive = buildArchive([tables[0]!, tables[1]!, { ...tables[2]!, rows: ["a", "b"] }], { largeObjects: [Buffer.from("object")] });
    for (let length = 0; length < archive.length; length += 1)
      expect(read(archive.subarray(0, length)).facts.cut, `at ${length}`).not.toBeNull();
  });

  it("notices when whole blocks at the end are missing", () => {
    const whole = buildArchive(tables.slice(0, 2));
    const { cuts } = read(whole);
    expect(read(whole.subarray(0, cuts[1])).facts.cut).toBe("1 of its parts are missing");
  });

  it("passes what it does not know unchanged and says why it was not read", () => {
    const newer = buildArchive(tables, { minor: 17 });
    expect(read(newer)).toMatchObject({ facts: { unread: "archive version 1.17", cut: null, tables: [] } });
    expect(read(newer, [3]).output.equals(newer)).toBe(true);
    const text = Buffer.from("-- PostgreSQL database dump\n");
    expect(read(text).output.equals(text)).toBe(true);
    expect(read(text).facts.unread).toContain("does not begin as a pg_dump archive");
    const trailing = Buffer.concat([buildArchive(tables.slice(0, 1)), Buffer.from([9, 9])]);
    expect(read(trailing).output.equals(trailing)).toBe(true);
    expect(read(trailing).facts.unread).toBe("a block of an unknown kind");
  });

  it("says so when blocks hold several rows after the first one, instead of counting wrong", () => {
    const rows = ["first", `${"a".repeat(5_000)}\n${"b".repeat(5_000)}`, "last"];
    const archive = buildArchive([{ schema: "public", table: "odd", rows }]);
    expect(read(archive)).toMatchObject({ facts: { unread: "a block with several rows" } });
    expect(read(archive).output.equals(archive)).toBe(true);
  });
});

import { describe, expect, it } from "vitest";
import type { TocEntry } from "./archive-format.ts";
import { selectInPlace } from "./in-place-list.ts";

const entry = (dumpId: number, description: string, tag: string, dependencies: number[] = []): TocEntry => ({
  dumpId,
  description,
  tag,
  dependencies,
  hasData: false,
  namespace: "",
  owner: "",
  definition: null,
});
const toc = [
  entry(1, "SCHEMA", "app"),
  entry(2, "COMMENT", "SCHEMA app", [1]),
  entry(3, "SCHEMA", "public"),
  entry(4, "COMMENT", "SCHEMA public", [3]),
  entry(5, "EXTENSION", "hstore"),
  entry(6, "COMMENT", "EXTENSION hstore", [5]),
  entry(7, "EXTENSION", "citext"),
  entry(8, "COMMENT", "EXTENSION citext", [7]),
  entry(9, "TABLE", "orders", [1, 5]),
  entry(10, "COMMENT", "TABLE orders", [9]),
  entry(11, "ACL", "SCHEMA public", [3]),
];

describe("selectInPlace", () => {
  it("brings everything into a database that has none of it, in the archive's order", () => {
    expect(selectInPlace(toc, { extensions: [], schemas: [] })).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it("leaves out extensions that are there, with their comments, and brings those that are not", () => {
    expect(selectInPlace(toc, { extensions: ["plpgsql", "hstore"], schemas: [] })).toEqual([1, 2, 3, 4, 7, 8, 9, 10, 11]);
  });

  it("leaves out schemas that are there; the comment only of those that belong to others", () => {
    const schemas = [
      { name: "app", isOwned: true },
      { name: "public", isOwned: false },
    ];
    expect(selectInPlace(toc, { extensions: [], schemas })).toEqual([2, 5, 6, 7, 8, 9, 10, 11]);
  });

  it("tells an extension from a schema or a table of its name", () => {
    const odd = [entry(1, "SCHEMA", "x"), entry(2, "EXTENSION", "x"), entry(3, "TABLE", "x")];
    expect(selectInPlace(odd, { extensions: ["x"], schemas: [] })).toEqual([1, 3]);
  });
});

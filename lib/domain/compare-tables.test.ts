import { describe, expect, it } from "vitest";
import { compareTables } from "./compare-tables.ts";

const orders = { schema: "shop", table: "orders", rows: 10, sha256: "aa", excluded: false };
const events = { schema: "shop", table: "events", rows: 5, sha256: "bb", excluded: false };
const audit = { schema: "shop", table: "audit", rows: 0, sha256: "", excluded: true };
const everything = { content: "all", tables: [] } as const;

describe("compareTables", () => {
  it("calls a copy equal when rows and digest agree", () => {
    const result = compareTables([orders, events], [orders, events], everything);
    expect(result).toMatchObject({ equal: 2, different: 0, rowsExpected: 15, rowsActual: 15 });
  });

  it("notices one changed value though the row count agrees", () => {
    const result = compareTables([orders], [{ ...orders, sha256: "ab" }], everything);
    expect(result.tables[0]?.verdict).toBe("different");
    expect(result.different).toBe(1);
  });

  it.each([
    ["nothing", ""],
    ["64 zeros", "0".repeat(64)],
  ])("compares rows alone where a digest is not known and %s stands in its place", (_, sha256) => {
    const counted = { ...orders, sha256 };
    for (const [backup, copy] of [
      [counted, orders],
      [orders, counted],
    ] as const) {
      const result = compareTables([backup], [copy], everything);
      expect(result).toMatchObject({ equal: 1, countedOnly: 1 });
      expect(compareTables([backup], [{ ...copy, rows: 9 }], everything)).toMatchObject({ different: 1 });
    }
    expect(compareTables([orders], [orders], everything).countedOnly).toBe(0);
  });

  it("notices a table that is not there", () => {
    const result = compareTables([orders, events], [events], everything);
    expect(result.tables[0]).toMatchObject({ verdict: "missing", actualRows: null, actualSha256: null });
    expect(result).toMatchObject({ different: 1, rowsExpected: 15, rowsActual: 5 });
  });

  it("does not hold against a copy what was left out of the backup", () => {
    const result = compareTables([orders, audit], [orders], everything);
    expect(result.tables[1]?.verdict).toBe("not-restored");
    expect(result).toMatchObject({ equal: 1, different: 0, rowsExpected: 10 });
  });

  it("counts only chosen tables, and nothing of a schema-only restore", () => {
    expect(compareTables([orders, events], [events], { content: "all", tables: [events] })).toMatchObject({ equal: 1, different: 0 });
    expect(compareTables([orders], [{ ...orders, rows: 0 }], { content: "schema", tables: [] })).toMatchObject({ equal: 0, different: 0 });
  });

  it("keeps tables apart whose names contain dots and quotes", () => {
    const left = { schema: "a.b", table: "c", rows: 1, sha256: "1", excluded: false };
    const right = { schema: "a", table: "b.c", rows: 2, sha256: "2", excluded: false };
    expect(compareTables([left, right], [right, left], everything)).toMatchObject({ equal: 2, different: 0 });
  });
});

import { describe, expect, it } from "vitest";
import { compareTables, type ExpectedTable, hasContent } from "./compare-tables.ts";
import { judgeContent } from "./drill-judge-content.ts";

const known = "ab".repeat(32);
const unknown = "0".repeat(64);
const table = (name: string, sha256: string, change: Partial<ExpectedTable> = {}): ExpectedTable => ({
  schema: "public",
  table: name,
  rows: 3,
  sha256,
  excluded: false,
  ...change,
});
const judge = (expected: ExpectedTable[], found = expected) => judgeContent(compareTables(expected, found, { content: "all", tables: [] }));
const notPossible = { verdict: "failed", reason: { code: "check-not-possible" } };

describe("the comparison of contents", () => {
  it("passes where every table has the recorded digest, and names those whose data was left out", () => {
    expect(judge([table("a", known)])).toMatchObject({ verdict: "passed", actual: "1 tables, 3 rows, every digest equal" });
    expect(judge([table("a", known), table("log", known, { excluded: true })])).toMatchObject({
      verdict: "passed",
      evidence: "not compared, because their data was left out of the backup: public.log",
    });
  });

  it("does not pass where nothing was compared", () => {
    expect(judge([])).toMatchObject(notPossible);
    expect(judge([table("a", known, { excluded: true })])).toMatchObject(notPossible);
  });

  it("does not pass where rows alone were compared, and still tells a difference", () => {
    expect(judge([table("a", unknown)])).toMatchObject(notPossible);
    expect(judge([table("a", known), table("b", "")])).toMatchObject(notPossible);
    expect(judge([table("a", unknown)], [table("a", known, { rows: 2 })])).toMatchObject({
      verdict: "failed",
      reason: { code: "check-differs" },
    });
  });

  it("of a file is its bytes", () => {
    const comparison = compareTables([table("a", known)], [table("a", "")], { content: "all", tables: [] });
    expect(judgeContent(comparison, { expected: known, actual: known }).verdict).toBe("passed");
    expect(judgeContent(compareTables([], [], { content: "all", tables: [] }), { expected: known, actual: known }).verdict).toBe("passed");
  });

  it("is told beforehand to have nothing to look at", () => {
    expect(hasContent([table("a", known), table("log", unknown, { excluded: true })])).toBe(true);
    expect(hasContent([])).toBe(false);
    expect(hasContent([table("a", known, { excluded: true })])).toBe(false);
    expect(hasContent([table("a", known), table("b", unknown)])).toBe(false);
  });
});

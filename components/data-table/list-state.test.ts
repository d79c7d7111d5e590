import { describe, expect, it } from "vitest";
import { changeListValues, nextSort, readListValues, readSearchParams, writeListValues } from "./list-state.tsx";

const spec = { q: "text", state: ["failed", "running"], sort: ["at", "-at"] } as const;

describe("the address of a list", () => {
  it("is read into known values and nothing else", () => {
    const params = new URLSearchParams("q=shop&state=failed&sort=drop+table&evil=1&after=abc");
    expect(readListValues(spec, params)).toEqual({ q: "shop", state: "failed", after: "abc" });
  });

  it("ignores values that are too long to be meant", () => {
    expect(readListValues(spec, new URLSearchParams({ q: "x".repeat(401) }))).toEqual({});
  });

  it("reads a repeated parameter once on the server", () => {
    expect(readSearchParams(spec, { state: ["running", "failed"], q: undefined })).toEqual({ state: "running" });
  });

  it("survives the way there and back, whatever a name contains", () => {
    const values = { q: "Ñandú 表 &after=1", state: "running", after: "c/+=" } as const;
    expect(readListValues(spec, new URLSearchParams(writeListValues(spec, values)))).toEqual(values);
    expect(writeListValues(spec, {})).toBe("");
  });

  it("goes back to the first page when a filter changes, and keeps the filter when the page does", () => {
    expect(changeListValues<typeof spec>({ state: "failed", after: "x" }, { q: "a" })).toEqual({
      state: "failed",
      q: "a",
      after: undefined,
    });
    expect(changeListValues<typeof spec>({ state: "failed" }, { after: "y" })).toEqual({ state: "failed", after: "y" });
  });
});

describe("a column's head", () => {
  it("sorts down, then up, then not", () => {
    expect(nextSort(undefined, "at")).toBe("-at");
    expect(nextSort("-at", "at")).toBe("at");
    expect(nextSort("at", "at")).toBeUndefined();
    expect(nextSort("-size", "at")).toBe("-at");
  });
});

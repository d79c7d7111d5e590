import { describe, expect, it } from "vitest";
import { changedFields, valueText } from "./changed-fields.tsx";

describe("what an audit event changed", () => {
  it("leaves out what stayed the same", () => {
    expect(changedFields({ name: "a", tags: [1], port: 5432 }, { name: "b", tags: [1], port: 5432 })).toEqual([
      { name: "name", before: "a", after: "b" },
    ]);
  });

  it("shows every field of something new or removed", () => {
    expect(changedFields(null, { name: "a" })).toEqual([{ name: "name", before: undefined, after: "a" }]);
    expect(changedFields({ name: "a" }, null)).toEqual([{ name: "name", before: "a", after: undefined }]);
    expect(changedFields(null, null)).toEqual([]);
  });

  it("writes nested values as JSON and nothing as a dash", () => {
    expect(valueText({ a: [1, null] })).toBe('{"a":[1,null]}');
    expect(valueText(null)).toBe("–");
    expect(valueText("")).toBe("");
  });
});

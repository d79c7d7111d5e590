import { describe, expect, it } from "vitest";
import { changedFields } from "./changed-fields.ts";

describe("changedFields", () => {
  it("keeps only what differs, comparing by content", () => {
    const before = { name: "a", tags: ["x"], at: new Date(5), nested: { a: 1 }, gone: 1 };
    const after = { name: "b", tags: ["x"], at: new Date(5), nested: { a: 2 }, added: null };
    expect(changedFields(before, after)).toEqual({
      before: { name: "a", nested: { a: 1 }, gone: 1 },
      after: { name: "b", nested: { a: 2 }, added: null },
    });
  });

  it("keeps nothing when nothing changed", () => {
    expect(changedFields({ name: "a" }, { name: "a" })).toEqual({ before: {}, after: {} });
  });
});

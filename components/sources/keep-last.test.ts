import { describe, expect, it } from "vitest";
import { keepLastDraft, keepLastOf, wouldGo } from "./keep-last.ts";

describe("how many backups are kept", () => {
  it("is shown as it was saved", () => {
    expect(keepLastOf(keepLastDraft(7))).toBe(7);
    expect(keepLastOf(keepLastDraft(null))).toBeNull();
  });

  it("offers a number once it is switched on", () => {
    expect(keepLastOf({ ...keepLastDraft(null), on: true })).toBe(20);
  });

  it.each(["", "0", "-1", "1.5", "10001", "many", "1e3", "999999"])("is no number: %o", (count) => {
    expect(keepLastOf({ on: true, count })).toBeUndefined();
    expect(keepLastOf({ on: false, count })).toBeNull();
  });

  it("tells how many would go", () => {
    expect(wouldGo(20, 23)).toBe(3);
    expect(wouldGo(20, 5)).toBe(0);
    expect(wouldGo(null, 500)).toBe(0);
    expect(wouldGo(undefined, 500)).toBe(0);
  });
});

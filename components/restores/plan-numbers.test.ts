import { describe, expect, it } from "vitest";
import type { FilePlanDto } from "#lib/contracts/restores";
import { changeOf, freeOf, rowDifference } from "./plan-numbers.ts";

describe("what a plan's numbers mean", () => {
  it("takes the free space of where the result goes", () => {
    expect(freeOf({ file: null, serverFreeBytes: 7 })).toBe(7);
    expect(freeOf({ file: null, serverFreeBytes: null })).toBeNull();
    expect(freeOf({ file: { freeBytes: 9 } as FilePlanDto, serverFreeBytes: null })).toBe(9);
  });

  it.each([
    [null, 3, "new", null],
    [3, null, "gone", null],
    [3, 5, "more", 2],
    [5, 3, "fewer", -2],
    [3, 3, "same", 0],
  ] as const)("%s rows then and %s now is %s", (backupRows, sourceRows, change, difference) => {
    expect(changeOf({ backupRows, sourceRows })).toBe(change);
    expect(rowDifference({ backupRows, sourceRows })).toBe(difference);
  });
});

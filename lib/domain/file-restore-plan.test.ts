import { describe, expect, it } from "vitest";
import { type FileRestoreOrder, type FileTargetState, planFileRestore } from "./file-restore-plan.ts";

const free: FileTargetState = { path: "/srv/app.db", exists: false, openBy: 0, freeBytes: 1e9, leftovers: [] };
const there: FileTargetState = { ...free, exists: true };
const asNew: FileRestoreOrder = { mode: "new", ignoreOpenFile: false, streamBytes: 1e6 };
const inPlace: FileRestoreOrder = { ...asNew, mode: "replace" };
const codes = (target: FileTargetState, order: FileRestoreOrder) => {
  const { blockers, warnings } = planFileRestore(target, order);
  return [blockers.map(({ code }) => code), warnings.map(({ code }) => code)];
};

describe("planFileRestore", () => {
  it("lets a new file be made where there is none, and an existing one be replaced", () => {
    expect(codes(free, asNew)).toEqual([[], []]);
    expect(codes(there, inPlace)).toEqual([[], []]);
  });

  it("never overwrites by accident, nor makes a database beside a log that SQLite would apply to it", () => {
    expect(codes(there, asNew)).toEqual([["file-exists"], []]);
    expect(planFileRestore({ ...free, leftovers: ["/srv/app.db-wal"] }, asNew).blockers).toEqual([
      { code: "file-exists", params: { path: "/srv/app.db-wal" } },
    ]);
    expect(codes(free, inPlace)).toEqual([["file-missing"], []]);
  });

  it("refuses a file in use unless told otherwise, and says when that cannot be seen", () => {
    expect(codes({ ...there, openBy: 2 }, inPlace)).toEqual([["file-in-use"], []]);
    expect(codes({ ...there, openBy: 2 }, { ...inPlace, ignoreOpenFile: true })).toEqual([[], ["file-in-use"]]);
    expect(codes({ ...there, openBy: null }, inPlace)).toEqual([[], ["file-use-unknown"]]);
  });

  it("wants room for the whole file beside the old one", () => {
    expect(codes({ ...there, freeBytes: 2e6 }, inPlace)).toEqual([["no-space"], []]);
  });
});

import { describe, expect, it } from "vitest";
import { deletion } from "./deletion.ts";

const dependent = (storedBytes: number, pinned = false) =>
  ({ id: "b", kind: "incremental", snapshotAt: "2026-11-21T00:00:00.000Z", storedBytes, pinned }) as const;

describe("what a delete takes", () => {
  it("is not known before it was asked for", () => {
    expect(deletion(undefined, 7, false)).toEqual({ blocked: true, count: 1, bytes: 7 });
  });

  it("is the backup alone where nothing needs it", () => {
    expect(deletion({ storedBytes: 100, dependents: [], pinned: false }, 7, false)).toEqual({ blocked: false, count: 1, bytes: 100 });
  });

  it("is blocked by what needs it, until that goes along", () => {
    const found = { storedBytes: 100, dependents: [dependent(10), dependent(20)], pinned: false };
    expect(deletion(found, 7, false)).toMatchObject({ blocked: true, count: 1 });
    expect(deletion(found, 7, true)).toEqual({ blocked: false, count: 3, bytes: 130 });
  });

  it("is blocked by a pin anywhere", () => {
    expect(deletion({ storedBytes: 1, dependents: [], pinned: true }, 7, false).blocked).toBe(true);
    expect(deletion({ storedBytes: 1, dependents: [dependent(1, true)], pinned: false }, 7, true).blocked).toBe(true);
  });
});

import { describe, expect, it } from "vitest";
import { estimateStoredBytes, fits, neededBytes } from "./space.ts";

describe("estimateStoredBytes", () => {
  it("takes what the source's last backup made of its stream", () => {
    expect(estimateStoredBytes(1000, { streamBytes: 500, storedBytes: 100 })).toBe(200);
  });

  it("assumes half where nothing is known, and never more than a little above the stream", () => {
    expect(estimateStoredBytes(1000, null)).toBe(500);
    expect(estimateStoredBytes(1000, { streamBytes: 10, storedBytes: 4000 })).toBe(1100);
    expect(estimateStoredBytes(1000, { streamBytes: 0, storedBytes: 0 })).toBe(500);
  });

  it("falls back to the last backup's size, then to nothing", () => {
    expect(estimateStoredBytes(null, { streamBytes: 10, storedBytes: 4 })).toBe(4);
    expect(estimateStoredBytes(null, null)).toBeNull();
  });
});

describe("fits", () => {
  it("keeps a reserve free", () => {
    expect(fits(1000, { freeBytes: neededBytes(1000) })).toBe(true);
    expect(fits(1000, { freeBytes: neededBytes(1000) - 1 })).toBe(false);
  });

  it("lets the write decide where the free space is not known", () => {
    expect(fits(Number.MAX_SAFE_INTEGER, null)).toBe(true);
  });
});

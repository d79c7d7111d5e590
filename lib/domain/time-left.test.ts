import { describe, expect, it } from "vitest";
import { rateOf, secondsLeft } from "./time-left.ts";

describe("rateOf", () => {
  it("is zero while there is nothing to compare", () => {
    expect(rateOf([])).toBe(0);
    expect(rateOf([{ atMs: 5, bytes: 100 }])).toBe(0);
  });

  it("is taken between the first and the last reading", () => {
    expect(
      rateOf([
        { atMs: 1000, bytes: 0 },
        { atMs: 1500, bytes: 90 },
        { atMs: 3000, bytes: 1000 },
      ]),
    ).toBe(500);
  });
});

describe("secondsLeft", () => {
  const half = { bytesDone: 500, bytesTotal: 1000, bytesPerSecond: 100, elapsedMs: 6_000 };

  it("divides what is left by the rate", () => {
    expect(secondsLeft(half)).toBe(5);
  });

  it.each([
    ["no total is known", { bytesTotal: null }],
    ["the total turned out too small", { bytesDone: 1001 }],
    ["nothing moves", { bytesPerSecond: 0 }],
    ["it has hardly begun", { elapsedMs: 4_999 }],
    ["too little is done", { bytesDone: 10 }],
  ])("says nothing when %s", (_case, change) => {
    expect(secondsLeft({ ...half, ...change })).toBeNull();
  });
});

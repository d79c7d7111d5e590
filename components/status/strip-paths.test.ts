import { expect, it } from "vitest";
import type { StripMark } from "./strip-mark.ts";
import { stripPaths } from "./strip-paths.ts";

it("a strip is one path for each ink, however many days it has", () => {
  const days = Array.from({ length: 30 }, (_, index): StripMark => (index < 20 ? "good" : index < 25 ? "late" : "failed"));
  expect(stripPaths(days).map(({ ink }) => ink)).toEqual(["good", "missed", "bad", "cross"]);
  expect(stripPaths(days).reduce((length, { d }) => length + d.length, 0)).toBeLessThan(1000);
});

it("each day stands seven further on, and a bar ends at the bottom", () => {
  expect(stripPaths(["good", "good"])).toEqual([{ ink: "good", d: "M1.5 4.5h2v20h-2zM8.5 4.5h2v20h-2z" }]);
});

it("a day that failed is told by a low bar and a cross, one that was missed by a socket and a triangle", () => {
  expect(stripPaths(["failed", "missed"]).map(({ ink }) => ink)).toEqual(["bad", "cross", "socket", "missed"]);
});

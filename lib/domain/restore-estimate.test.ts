import { expect, it } from "vitest";
import { estimateRestore } from "./restore-estimate.ts";

const past = (bytes: number, milliseconds: number) => ({ bytes, milliseconds });

it("nothing is said without a past restore", () => {
  expect(estimateRestore(1000, { source: [], installation: [] })).toBeNull();
});

it("restores of nothing or of no time say nothing", () => {
  expect(estimateRestore(1000, { source: [past(0, 10), past(10, 0)], installation: [] })).toBeNull();
});

it("the median rate of the source's own restores decides, before those of others", () => {
  const source = [past(1000, 1000), past(9000, 1000), past(2000, 1000)];
  expect(estimateRestore(10_000, { source, installation: [past(1, 1000)] })).toEqual({
    milliseconds: 5000,
    basedOn: 3,
    bytesPerSecond: 2000,
    of: "source",
  });
});

it("others of the installation decide where the source has none", () => {
  expect(estimateRestore(500, { source: [], installation: [past(1000, 2000)] })).toEqual({
    milliseconds: 1000,
    basedOn: 1,
    bytesPerSecond: 500,
    of: "installation",
  });
});

it("only the last ten count", () => {
  const newest = Array.from({ length: 10 }, () => past(1000, 1000));
  const old = Array.from({ length: 30 }, () => past(1000, 50_000));
  expect(estimateRestore(1000, { source: [...newest, ...old], installation: [] })).toMatchObject({ milliseconds: 1000, basedOn: 10 });
});

import { expect, it } from "vitest";
import { eachSourceOnce } from "./each-source-once.ts";

const page = (...rows: [string, string][]) => ({ items: rows.map(([sourceId, sourceName]) => ({ sourceId, sourceName })) });

it("keeps each source where it was told last, so that a new name between two pages draws no line twice", () => {
  const pages = [page(["1", "alpha"], ["2", "beta"]), page(["3", "gamma"], ["1", "omega"])];
  expect(eachSourceOnce(pages).map(({ sourceName }) => sourceName)).toEqual(["beta", "gamma", "omega"]);
  expect(eachSourceOnce([])).toEqual([]);
});

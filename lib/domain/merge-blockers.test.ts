import { expect, it } from "vitest";
import { mergeBlockers } from "./merge-blockers.ts";
import type { Reason } from "./error.ts";

const broken = (key: string): Reason => ({ code: "chain-broken", params: { key } });

it("what is known comes before what was found", () => {
  expect(mergeBlockers(broken("a"), [{ code: "target-exists", params: {} }])).toEqual([broken("a"), { code: "target-exists", params: {} }]);
});

it("one thing is told once", () => {
  expect(mergeBlockers(broken("a"), [broken("a")])).toEqual([broken("a")]);
  expect(mergeBlockers(broken(""), [broken("a")])).toEqual([broken("a")]);
  expect(mergeBlockers(broken("b"), [broken("a")])).toEqual([broken("b"), broken("a")]);
  expect(mergeBlockers(null, [broken("a")])).toEqual([broken("a")]);
});

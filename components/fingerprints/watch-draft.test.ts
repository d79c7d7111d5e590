import { expect, it } from "vitest";
import { isListed, tablesOf, withTable } from "./watch-draft.ts";

const orders = { schema: "public", table: "orders" };
const carts = { schema: "public", table: "carts" };
const empty = { digests: [], growing: null, ignored: [] };

it("a table that is left alone is neither watched nor expected to grow, and the other way round", () => {
  const watched = withTable(withTable({ ...empty, growing: [] }, "digests", orders, true), "growing", orders, true);
  expect(watched).toEqual({ digests: [orders], growing: [orders], ignored: [] });
  const alone = withTable(watched, "ignored", orders, true);
  expect(alone).toEqual({ digests: [], growing: [], ignored: [orders] });
  expect(withTable(alone, "digests", orders, true)).toEqual({ digests: [orders], growing: [], ignored: [] });
  expect(withTable(alone, "ignored", orders, false).ignored).toEqual([]);
});

it("what is learned from history stays learned", () => {
  expect(withTable(empty, "ignored", orders, true).growing).toBeNull();
  expect(isListed(empty, "growing", orders)).toBe(false);
});

it("a table that is gone can still be taken out of a list", () => {
  expect(tablesOf([orders], { ...empty, digests: [carts], ignored: [orders] })).toEqual([carts, orders]);
});

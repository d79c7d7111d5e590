import { expect, it } from "vitest";
import { claimableRuns, type Room, type WaitingRun } from "./claimable-runs.ts";

const none: Room = { inAll: Infinity, onHost: new Map(), onOtherHosts: Infinity, places: new Map() };
/** `a1` waits for group a, `b@h` for group b on host h; the rest of a name tells them apart. */
const queue = (...ids: string[]): WaitingRun[] =>
  ids.map((id) => ({ id, group: id.slice(0, 1), host: id.includes("@") ? id.slice(id.indexOf("@") + 1) : null }));
const places = (change: Record<string, number>) => new Map(Object.entries(change));

it("without another group's runs all of one's own may be taken, in their order", () => {
  expect(claimableRuns(queue("a2", "a1"), "a", { ...none, inAll: 1 })).toEqual(["a2", "a1"]);
  expect(claimableRuns(queue("a1"), "a", { ...none, inAll: 0 })).toEqual([]);
});

it.each([
  ["keeps its place", { b: 1 }, 1, []],
  ["keeps no place that none of its workers could take", { b: 0 }, 1, ["a1"]],
  ["keeps no place where nobody serves its group", {}, 1, ["a1"]],
  ["leaves the other places", { b: 1 }, 2, ["a1"]],
])("what waits longer for another group %s", (_, served, inAll, expected) => {
  expect(claimableRuns(queue("b1", "a1"), "a", { ...none, inAll, places: places(served) })).toEqual(expected);
});

it("what came later for another group keeps nothing, and a group keeps no more than its workers could take", () => {
  expect(claimableRuns(queue("a1", "b1"), "a", { ...none, inAll: 1, places: places({ b: 1 }) })).toEqual(["a1"]);
  expect(claimableRuns(queue("b1", "b2", "b3", "a1"), "a", { ...none, inAll: 3, places: places({ b: 2 }) })).toEqual(["a1"]);
});

it("a place on a host is kept in the same way, and a full host keeps none", () => {
  const room = { ...none, inAll: 1, onOtherHosts: 1, places: places({ b: 5 }) };
  expect(claimableRuns(queue("b1@h", "a1@h", "a2@other"), "a", { ...room, inAll: 2 })).toEqual(["a2@other"]);
  expect(claimableRuns(queue("b1@h", "a1@h", "a2"), "a", { ...room, onHost: places({ h: 0 }) })).toEqual(["a2"]);
});

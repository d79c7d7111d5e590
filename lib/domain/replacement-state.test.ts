import { describe, expect, it } from "vitest";
import { cleanUpBlocker, keptDatabase, type ReplacementState, undoBlocker, whoAnswers } from "./replacement-state.ts";

const at = new Date("2026-11-22T04:00:00Z");
const free = { activeRun: null, hasLater: false, isServerRemoved: false };
const swapped: ReplacementState = {
  strategy: "swap",
  answers: "new",
  keptName: "shop_before",
  restoredName: null,
  oldOid: 10,
  newOid: 11,
  replacedAt: at,
  undoneAt: null,
  cleanedAt: null,
};
const undone: ReplacementState = { ...swapped, answers: "undone", restoredName: "shop_restored", undoneAt: at };
const untouched: ReplacementState = { ...swapped, answers: "old", keptName: null, replacedAt: null };

describe("what a replacement keeps", () => {
  it("is the old database after a swap, and the restored one after its undo, each by its own object id", () => {
    expect(keptDatabase(swapped)).toEqual({ name: "shop_before", oid: 10 });
    expect(keptDatabase(undone)).toEqual({ name: "shop_restored", oid: 11 });
  });

  it.each([
    ["nothing was replaced", untouched],
    ["it was done in place", { ...swapped, strategy: "in-place" as const, keptName: null }],
    ["it was removed", { ...swapped, cleanedAt: at }],
    ["nobody knows yet which database answers", { ...swapped, answers: "unsettled" as const }],
    ["its object id was never known", { ...swapped, oldOid: null }],
  ])("is nothing where %s", (_, state) => expect(keptDatabase(state)).toBeNull());
});

describe("an undo", () => {
  it("is possible after a swap", () => expect(undoBlocker(swapped, free)).toBeNull());

  it.each<[string, Partial<ReplacementState>, Partial<typeof free>]>([
    ["unsettled", { answers: "unsettled" }, {}],
    ["undone", undone, {}],
    ["untouched", untouched, {}],
    ["inPlace", { strategy: "in-place" }, {}],
    ["cleaned", { cleanedAt: at }, {}],
    ["later", {}, { hasLater: true }],
    ["serverRemoved", {}, { isServerRemoved: true }],
    ["gone", { keptName: null }, {}],
  ])("is not possible: %s", (why, change, around) => {
    expect(undoBlocker({ ...swapped, ...change }, { ...free, ...around })).toEqual({ code: "replace-not-undoable", params: { why } });
  });
});

describe("a clean-up", () => {
  it("is possible after a swap and after its undo, also behind a later replacement", () => {
    expect(cleanUpBlocker(swapped, free)).toBeNull();
    expect(cleanUpBlocker(undone, free)).toBeNull();
  });

  it.each<[string, Partial<ReplacementState>, Partial<typeof free>]>([
    ["unsettled", { answers: "unsettled" }, {}],
    ["untouched", untouched, {}],
    ["inPlace", { strategy: "in-place" }, {}],
    ["cleaned", { cleanedAt: at }, {}],
    ["serverRemoved", {}, { isServerRemoved: true }],
  ])("is not possible: %s", (why, change, around) => {
    expect(cleanUpBlocker({ ...swapped, ...change }, { ...free, ...around })).toEqual({ code: "replace-not-cleanable", params: { why } });
  });
});

it("lets nothing begin while a run works on the name", () => {
  const busy = { ...free, activeRun: { id: "run_1", type: "restore" } };
  const active = { code: "run-active", params: { runId: "run_1", type: "restore" } };
  expect(undoBlocker(swapped, busy)).toEqual(active);
  expect(cleanUpBlocker(swapped, busy)).toEqual(active);
});

it.each([
  [11, "new"],
  [10, "old"],
  [12, "another"],
  [undefined, "another"],
] as const)("tells by the object id %s alone that %s answers", (oid, answer) => expect(whoAnswers(swapped, oid)).toBe(answer));

it("takes nothing for the new database before one was made", () => {
  expect(whoAnswers({ oldOid: 10, newOid: null }, 11)).toBe("another");
});

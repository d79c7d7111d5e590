import { array, assert, boolean, constantFrom, integer, nat, property, record } from "fast-check";
import { describe, expect, test } from "vitest";
import { type KeepCandidate, type KeepDecision, keepLast, removalsOf } from "./keep-last.ts";
import { dependentsOf, type NeedEdge } from "./removal-order.ts";

const day = (number: number) => new Date(Date.UTC(2026, 0, 1) + number * 86_400_000);
const now = day(1000);

const backup = (number: number, change: Partial<KeepCandidate> = {}): KeepCandidate => ({
  id: `b${String(number).padStart(3, "0")}`,
  snapshotAt: day(number),
  finishedAt: day(number),
  good: true,
  verified: false,
  pinned: false,
  inUse: false,
  imported: false,
  ...change,
});
const days = (count: number) => Array.from({ length: count }, (_, index) => backup(index + 1));
const removed = (decisions: readonly KeepDecision[]) => decisions.filter((each) => each.verdict === "remove").map((each) => each.id);
const reasonOf = (decisions: readonly KeepDecision[], id: string) => {
  const found = decisions.find((each) => each.id === id);
  return found?.verdict === "keep" ? found.reason : found?.verdict;
};

describe("keeping the last ones", () => {
  test("what lies beyond the newest N goes, and nothing while there are no more than N", () => {
    expect(removed(keepLast(days(5), [], { keep: 3, now }))).toEqual(["b001", "b002"]);
    expect(removed(keepLast(days(3), [], { keep: 3, now }))).toEqual([]);
  });

  test("failed ones never count: they make no room, and one among the newest waits for somebody", () => {
    const some = [backup(1), backup(2), backup(3, { good: false }), backup(4), backup(5, { good: false })];
    expect(removed(keepLast(some, [], { keep: 3, now }))).toEqual([]);
    expect(removed(keepLast([...some, backup(6)], [], { keep: 2, now }))).toEqual(["b001", "b002", "b003"]);
  });

  test("pinned, in use, imported, and the last one that was verified stay, and say why", () => {
    const some = [
      backup(1, { pinned: true }),
      backup(2, { inUse: true }),
      backup(3, { imported: true }),
      backup(4, { verified: true }),
      backup(5, { verified: true }),
      backup(6),
      backup(7),
    ];
    const decisions = keepLast(some, [], { keep: 1, now });
    expect(removed(decisions)).toEqual(["b004", "b006"]);
    expect(["b001", "b002", "b003", "b005", "b007"].map((id) => reasonOf(decisions, id))).toEqual([
      "pinned",
      "in-use",
      "imported",
      "last-verified",
      "newest",
    ]);
  });

  test("a full with living children stays, and so does what a kept one needs through another", () => {
    const edges = [
      { backupId: "b003", needsId: "b001" },
      { backupId: "b004", needsId: "b003" },
    ];
    const decisions = keepLast(days(4), edges, { keep: 1, now });
    expect(removed(decisions)).toEqual(["b002"]);
    expect(reasonOf(decisions, "b001")).toBe("needed");
  });

  test("a clock that goes back removes nothing, and one that was set back keeps the newest by either clock", () => {
    const ahead = [...days(5), backup(6, { finishedAt: new Date(now.getTime() + 86_400_000) })];
    expect(removed(keepLast(ahead, [], { keep: 2, now }))).toEqual([]);
    // The server's clock was a year back when the last one was made.
    const back = [...days(4), backup(-365, { id: "last", finishedAt: day(5) })];
    expect(removed(keepLast(back, [], { keep: 2, now }))).toEqual(["b001", "b002"]);
  });
});

/** Random histories: chains as writers make them, where a member needs what its parent needs, or a part of it. */
const histories = array(
  record({
    kind: constantFrom("full", "member"),
    parent: nat(),
    share: nat(),
    good: boolean(),
    verified: boolean(),
    pinned: boolean(),
    inUse: boolean(),
    skewDays: integer({ min: -400, max: 0 }),
  }),
  { minLength: 1, maxLength: 40 },
);

test("whatever goes by the rule, in its order: what stays never needs what is gone, at no moment", () => {
  assert(
    property(histories, integer({ min: 1, max: 6 }), (history, keep) => {
      const candidates: KeepCandidate[] = [];
      const needs = new Map<string, string[]>();
      for (const [index, { kind, parent, share, skewDays, ...flags }] of history.entries()) {
        const own = backup(index, { ...flags, snapshotAt: day(index + skewDays), finishedAt: day(index) });
        const base = candidates[parent % Math.max(1, candidates.length)];
        if (kind === "member" && base !== undefined) {
          const offered = [base.id, ...(needs.get(base.id) ?? [])];
          needs.set(own.id, offered.slice(0, 1 + (share % offered.length)));
        }
        candidates.push(own);
      }
      const edges: NeedEdge[] = [...needs].flatMap(([backupId, ids]) => ids.map((needsId) => ({ backupId, needsId })));
      const decisions = keepLast(candidates, edges, { keep, now });
      const left = new Set(candidates.map((each) => each.id));
      for (const id of removalsOf(decisions, edges)) {
        expect([...dependentsOf([id], edges)].filter((dependent) => left.has(dependent))).toEqual([]);
        left.delete(id);
      }
      const good = candidates.filter((each) => each.good);
      expect(good.filter((each) => left.has(each.id)).length).toBeGreaterThanOrEqual(Math.min(keep, good.length));
      expect(candidates.filter(({ id, pinned, inUse }) => (pinned || inUse) && !left.has(id))).toEqual([]);
      // Done again it removes nothing: what stayed had its reason.
      const rest = candidates.filter((each) => left.has(each.id));
      const restEdges = edges.filter((edge) => left.has(edge.backupId));
      expect(removed(keepLast(rest, restEdges, { keep, now }))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

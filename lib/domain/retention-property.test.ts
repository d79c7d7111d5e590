import { type Arbitrary, array, assert, constant, integer, oneof, property, record } from "fast-check";
import { expect, test } from "vitest";
import { histories, historyOf } from "#lib/testing/retention-histories";
import "#lib/testing/property-seed";
import { dependentsOf } from "./removal-order.ts";
import { decide, removalsOf, type RetentionCandidate } from "./retention.ts";
import type { RetentionRule, SimpleRule } from "./retention-rule.ts";

const dayMs = 86_400_000;
const some = integer({ min: 0, max: 12 });
const simpleRule: Arbitrary<SimpleRule> = oneof(
  record({ type: constant("per-kind" as const), fullMonths: some, differentialWeeks: some, incrementalDays: some }),
  record({ type: constant("gfs" as const), daily: some, weekly: some, monthly: some }),
  record({ type: constant("keep-last" as const), keep: integer({ min: 1, max: 12 }) }),
  record({ type: constant("keep-days" as const), days: integer({ min: 1, max: 400 }) }),
);
const rules: Arbitrary<RetentionRule> = record({
  keep: array(simpleRule, { maxLength: 3 }),
  capBytes: oneof(constant(null), integer({ min: 1, max: 20_000 })),
});
/** Days after the last backup at which somebody looks; negative: the clock went back. */
const looks = integer({ min: -500, max: 4_000 });

const newest = (candidates: readonly RetentionCandidate[], of: (each: RetentionCandidate) => boolean, by: "snapshotAt" | "madeAt") =>
  candidates.filter((each) => each.good && !each.imported && of(each)).toSorted((one, other) => other[by].getTime() - one[by].getTime())[0];

test("whatever a policy lets go, in its order: what stays never needs what is gone, at no moment", () => {
  assert(
    property(histories, rules, looks, (entries, rule, days) => {
      const { candidates, needs, end } = historyOf(entries);
      const now = new Date(end.getTime() + days * dayMs);
      const decisions = decide(candidates, needs, rule, { now });
      const order = removalsOf(decisions, needs);
      const left = new Set(candidates.map(({ id }) => id));
      for (const id of order) {
        for (const dependent of dependentsOf([id], needs)) if (left.has(dependent)) throw new Error(`${dependent} stays without ${id}`);
        left.delete(id);
      }
      expect(order).toHaveLength(decisions.filter(({ verdict }) => verdict === "trash").length);
      const needed = decisions.filter((each) => each.verdict === "keep" && each.reason === "needed");
      expect(needed.filter(({ id }) => !needs.some((edge) => edge.needsId === id))).toEqual([]);
    }),
    { numRuns: 1_500 },
  );
});

test("no policy, at any time, lets a protected backup go: pinned, in use, imported, the last good, the last verified, the last proven", () => {
  assert(
    property(histories, rules, looks, (entries, rule, days) => {
      const { candidates, needs, end } = historyOf(entries);
      const gone = new Set(removalsOf(decide(candidates, needs, rule, { now: new Date(end.getTime() + days * dayMs) }), needs));
      const stays = candidates.filter(({ pinned, inUse, imported }) => pinned || inUse || imported);
      for (const of of [() => true, (each: RetentionCandidate) => each.verified, (each: RetentionCandidate) => each.proven]) {
        const last = newest(candidates, of, "snapshotAt");
        // Two of one moment: one of them stays.
        const equals = candidates.filter(
          (each) => each.good && !each.imported && of(each) && each.snapshotAt.getTime() === last?.snapshotAt.getTime(),
        );
        if (last !== undefined && equals.every(({ id }) => gone.has(id))) throw new Error(`the last one went: ${last.id}`);
      }
      expect(stays.filter(({ id }) => gone.has(id))).toEqual([]);
      const nothingGood = candidates.every(({ good, imported }) => !good || imported);
      if ((nothingGood || days < -400) && gone.size > 0) throw new Error(`${gone.size} went`);
    }),
    { numRuns: 1_500 },
  );
});

test("time alone lets nothing go: without a new good backup a second look, however much later, decides as the first did", () => {
  assert(
    property(histories, rules, integer({ min: 400, max: 4_000 }), (entries, rule, days) => {
      const { candidates, needs, end } = historyOf(entries);
      const at = (later: number) => ({ now: new Date(end.getTime() + later * dayMs) });
      const first = new Set(removalsOf(decide(candidates, needs, rule, at(400)), needs));
      const left = candidates.filter(({ id }) => !first.has(id));
      const rest = needs.filter(({ backupId }) => !first.has(backupId));
      expect(removalsOf(decide(left, rest, rule, at(days)), rest)).toEqual([]);
      // Failures make no difference either.
      const failure: RetentionCandidate = {
        ...candidates[0]!,
        id: "failure",
        kind: "full",
        good: false,
        pinned: false,
        inUse: false,
        imported: false,
        snapshotAt: new Date(end.getTime() + 399 * dayMs),
        madeAt: new Date(end.getTime() + 399 * dayMs),
      };
      expect(
        removalsOf(decide([...left, failure], rest, { ...rule, capBytes: null }, at(days)), rest).filter((id) => id !== "failure"),
      ).toEqual([]);
    }),
    { numRuns: 800 },
  );
});

test("keep the last N: N good ones stay, or all there are", () => {
  assert(
    property(histories, integer({ min: 1, max: 8 }), (entries, keep) => {
      const { candidates, needs, end } = historyOf(entries);
      const rule: RetentionRule = { keep: [{ type: "keep-last", keep }], capBytes: null };
      const gone = new Set(removalsOf(decide(candidates, needs, rule, { now: end }), needs));
      const good = candidates.filter((each) => each.good && !each.imported);
      expect(good.filter(({ id }) => !gone.has(id)).length).toBeGreaterThanOrEqual(Math.min(keep, good.length));
    }),
    { numRuns: 500 },
  );
});

test("a size cap is kept, but for what is protected and what that needs", () => {
  const always = new Set(["in-use", "pinned", "imported", "last-good", "last-verified", "last-proven", "too-few", "clock"]);
  assert(
    property(histories, rules, integer({ min: 1, max: 10_000 }), (entries, rule, capBytes) => {
      const { candidates, needs, end } = historyOf(entries);
      const decisions = decide(candidates, needs, { ...rule, capBytes }, { now: end });
      const bytesOf = (ids: ReadonlySet<string>) => candidates.reduce((sum, each) => (ids.has(each.id) ? sum + each.storedBytes : sum), 0);
      const kept = decisions.filter(({ verdict }) => verdict === "keep");
      const protectedOnes = new Set(kept.filter(({ reason }) => always.has(reason)).map(({ id }) => id));
      for (const id of protectedOnes) for (const edge of needs) if (edge.backupId === id) protectedOnes.add(edge.needsId);
      expect(bytesOf(new Set(kept.map(({ id }) => id)))).toBeLessThanOrEqual(Math.max(capBytes, bytesOf(protectedOnes)));
    }),
    { numRuns: 800 },
  );
});

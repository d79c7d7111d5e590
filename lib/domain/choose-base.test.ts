import { describe, expect, test } from "vitest";
import { baseFailure, type BaseFacts, type ChainCandidate, chooseBase, refuseBase } from "./choose-base.ts";

const candidate = (backupId: string, change: Partial<ChainCandidate> = {}): ChainCandidate => ({
  backupId,
  chainId: "new",
  fullId: "full",
  sameStream: true,
  sameExcludes: true,
  retired: false,
  ...change,
});
const chain = [candidate("inc2"), candidate("inc1"), candidate("full"), candidate("old", { chainId: "old", fullId: "old" })];

describe("choosing a base", () => {
  test("an incremental takes the newest backup of the newest chain, a differential that chain's full", () => {
    expect(chooseBase("incremental", chain)).toEqual({ backupId: "inc2", chainId: "new" });
    expect(chooseBase("differential", chain)).toEqual({ backupId: "full", chainId: "new" });
  });

  test("a full that is gone is still named, so that its absence can be told", () => {
    expect(chooseBase("differential", [candidate("inc1", { fullId: "gone" })])).toEqual({ backupId: "gone", chainId: "new" });
  });

  test("without anything to compare with, the reason says what was missing", () => {
    const reasonOf = (candidates: ChainCandidate[]) => {
      const choice = chooseBase("incremental", candidates);
      return "reason" in choice ? choice.reason.code : "none";
    };
    expect(reasonOf([])).toBe("no-base");
    expect(reasonOf([candidate("file", { sameStream: false })])).toBe("no-base");
    expect(reasonOf([candidate("part", { sameExcludes: false })])).toBe("base-excludes-differ");
    expect(reasonOf([candidate("over", { retired: true })])).toBe("chain-retired");
  });

  test("backups that left out other tables, and retired chains, are passed over for the newest that fits", () => {
    const safety = candidate("safety", { chainId: "safety", fullId: "safety", sameExcludes: false });
    const over = candidate("over", { chainId: "over", fullId: "over", retired: true });
    expect(chooseBase("incremental", [safety, over, ...chain])).toEqual({ backupId: "inc2", chainId: "new" });
  });
});

describe("refusing a base", () => {
  const stored = { state: "stored", failed: false } as const;
  const facts = (...copies: BaseFacts["packs"][number]["copy"][]): BaseFacts => ({
    packs: copies.map((copy, index) => ({ backupId: `b${index}`, key: `k${index}`, copy })),
    streamBytes: 10,
    averageSegmentBytes: 65_536,
    outgrown: false,
  });

  test("a base whose packs are all stored may be opened, verified or not", () => {
    expect(refuseBase(facts(stored, stored))).toBeNull();
  });

  test("a pack that is missing or unknown, its own or one that it needs, is named", () => {
    expect(refuseBase(facts(stored, null))).toEqual({ code: "base-missing", params: { backupId: "b1", key: "k1" } });
    expect(refuseBase(facts({ state: "missing", failed: true }))?.code).toBe("base-missing");
  });

  test("what is damaged or failed a verification is not built upon", () => {
    expect(refuseBase(facts({ state: "damaged", failed: true }))?.code).toBe("base-damaged");
    expect(refuseBase(facts(stored, { state: "stored", failed: true }))).toEqual({ code: "base-damaged", params: { backupId: "b1" } });
    expect(refuseBase(facts({ state: "deleting", failed: false }))?.code).toBe("base-damaged");
  });

  test("a stream that outgrew its chain begins a new one", () => {
    expect(refuseBase({ ...facts(stored), outgrown: true })).toEqual({
      code: "chain-outgrown",
      params: { streamBytes: 10, averageSegmentBytes: 65_536 },
    });
  });
});

test("only what speaks of the base itself makes a full; a disk that does not answer fails the run", () => {
  expect(baseFailure("b", { code: "pack-missing", params: { key: "k" } })).toEqual({
    code: "base-missing",
    params: { backupId: "b", key: "k" },
  });
  for (const code of ["pack-truncated", "pack-damaged", "format-unknown"] as const) {
    expect(baseFailure("b", { code, params: {} })?.code).toBe("base-damaged");
  }
  expect(baseFailure("b", { code: "chain-too-large", params: { segments: 9 } })?.code).toBe("chain-too-large");
  expect(baseFailure("b", { code: "io-error", params: {} })).toBeNull();
  expect(baseFailure("b", { code: "run-cancelled", params: {} })).toBeNull();
});

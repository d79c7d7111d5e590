import { describe, expect, it } from "vitest";
import type { ChainMemberDto } from "#lib/contracts/chains";
import { memberReads, missingBases, railLinks, savingsOf } from "./chain-numbers.ts";

function need(packKey: string, readBytes: number, present = true): ChainMemberDto["needs"][number] {
  return { backupId: "b", present, packKey, readBytes, ranges: 1 };
}

function member(id: string, more: Partial<ChainMemberDto> = {}): ChainMemberDto {
  return { id, kind: "incremental", streamBytes: 1000, storedBytes: 10, needs: [], broken: null, ...more } as ChainMemberDto;
}

describe("a chain's numbers", () => {
  it("count what a restore reads: the own pack and ranges of others", () => {
    expect(memberReads(member("i", { needs: [need("f", 300), need("d", 40)] }))).toBe(350);
  });

  it("tell what is saved against fulls that compress as well as this one", () => {
    const saved = savingsOf([member("f", { kind: "full", storedBytes: 250 }), member("a"), member("b")]);
    expect(saved).toEqual({ streamBytes: 3000, storedBytes: 270, savedBytes: 480, savedShare: 0.64 });
  });

  it("save nothing with a full alone, or with nothing at all", () => {
    expect(savingsOf([member("f", { kind: "full", storedBytes: 250 })])).toMatchObject({ savedBytes: 0, savedShare: 0 });
    expect(savingsOf([])).toMatchObject({ savedBytes: 0, savedShare: 0 });
  });

  it("break the rail above a member that cannot be rebuilt", () => {
    const broken = { code: "chain-broken", params: { key: "k" }, message: "", hint: "" } as const;
    expect(railLinks([member("f"), member("a"), member("b", { broken })])).toEqual(["none", "whole", "broken"]);
  });

  it("name what is missing once, with all that need it", () => {
    const rail = [member("a", { needs: [need("x", 1, false), need("y", 1)] }), member("b", { needs: [need("x", 2, false)] })];
    expect(missingBases(rail)).toEqual([{ packKey: "x", members: ["a", "b"] }]);
  });
});

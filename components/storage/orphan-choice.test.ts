import { describe, expect, it } from "vitest";
import type { OrphanDto } from "#lib/contracts/storage";
import { orphanChoice } from "./orphan-choice.ts";
import { shareOfTotal } from "./share-of-total.ts";

function orphan(key: string, more: Partial<OrphanDto> = {}): OrphanDto {
  return { key, bytes: 10, provenance: "ours", problem: null, ...more } as OrphanDto;
}

const problem = { code: "pack-damaged", params: { key: "d", detail: "" }, message: "", hint: "" } as const;
const orphans = [orphan("a"), orphan("b", { provenance: "external" }), orphan("c", { provenance: "unreadable" }), orphan("d", { problem })];

describe("files that nobody knows", () => {
  it("can be taken back when they are whole and ours", () => {
    expect(orphanChoice(orphans, new Set(["a", "b", "c", "d"]))).toEqual({ keys: ["a", "b", "c", "d"], bytes: 40, importable: ["a"] });
  });

  it("count only while they are listed", () => {
    expect(orphanChoice(orphans, new Set(["gone", "b"]))).toEqual({ keys: ["b"], bytes: 10, importable: [] });
  });
});

describe("the share of a total", () => {
  it("is 0 of nothing and never above 1", () => {
    expect([shareOfTotal(5, 0), shareOfTotal(5, 20), shareOfTotal(30, 20)]).toEqual([0, 0.25, 1]);
  });
});

import { describe, expect, it } from "vitest";
import type { DrillCheckDto } from "#lib/contracts/drills";
import { differenceOf, neighbourOf } from "./comparison.ts";

const check = (state: DrillCheckDto["state"], actual: string): DrillCheckDto => ({
  key: "content",
  ordinal: 0,
  type: "content",
  name: "",
  mandatory: true,
  definition: { key: "content", type: "content", name: "", mandatory: true },
  state,
  expected: "",
  actual,
  reason: null,
  evidence: "",
  startedAt: null,
  durationMs: null,
  decidedBy: null,
  note: "",
  attempts: [],
});

describe("a check of two drills", () => {
  it("differs in its verdict before it differs in what it found", () => {
    const passed = check("passed", "12 tables equal");
    expect(differenceOf({ type: "content", left: passed, right: check("failed", "11 of 12") })).toBe("verdict");
    expect(differenceOf({ type: "content", left: passed, right: check("passed", "13 tables equal") })).toBe("actual");
    expect(differenceOf({ type: "content", left: passed, right: check("passed", "12 tables equal") })).toBe("none");
    expect(differenceOf({ type: "content", left: null, right: passed })).toBe("only-right");
    expect(differenceOf({ type: "content", left: passed, right: null })).toBe("only-left");
  });

  it("that measures a time differs in its verdict only", () => {
    expect(differenceOf({ type: "recovery-time", left: check("passed", "41 s"), right: check("passed", "42 s") })).toBe("none");
    expect(differenceOf({ type: "recovery-time", left: check("passed", "41 s"), right: check("failed", "2 h") })).toBe("verdict");
  });
});

describe("the drill to compare with", () => {
  const drills = [
    { id: "c", sourceId: "shop", startedAt: "2026-11-03" },
    { id: "x", sourceId: "bar", startedAt: "2026-11-02" },
    { id: "b", sourceId: "shop", startedAt: "2026-10-03" },
    { id: "a", sourceId: "shop", startedAt: "2026-09-03" },
  ];

  it("is the one of its source before it, for the first one the one after it, else none", () => {
    expect(["c", "b", "a", "x", "gone"].map((id) => neighbourOf(drills, id))).toEqual(["b", "a", "b", null, null]);
  });
});

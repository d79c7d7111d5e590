import { describe, expect, it } from "vitest";
import { emptyDraft, readDraft, writeDraft, writtenFindings, type ClosingDraft } from "./closing-draft.ts";
import { allowedVerdicts } from "./verdict-choice.ts";

function keeper() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
    kept,
  };
}

const draft: ClosingDraft = { verdict: "failed", findings: [{ text: "slow", action: "" }], improvement: "x", playbook: "# New" };

describe("the draft of a closing", () => {
  it("survives a reload of its own drill alone, and goes with it", () => {
    const keep = keeper();
    writeDraft(keep, "drl_1", draft);
    expect([readDraft(keep, "drl_1"), readDraft(keep, "drl_2")]).toEqual([draft, emptyDraft]);
    writeDraft(keep, "drl_1", null);
    expect(keep.kept.size).toBe(0);
  });

  it("begins anew where what is kept cannot be read, and is not in the way where nothing can be kept", () => {
    const keep = keeper();
    for (const broken of ["{", '"text"', '{"verdict":"great"}']) {
      keep.setItem("lifeboat-closing-drl_1", broken);
      expect(readDraft(keep, "drl_1")).toEqual(emptyDraft);
    }
    const full = {
      ...keep,
      setItem: () => {
        throw new Error("QuotaExceededError");
      },
    };
    expect(() => writeDraft(full, "drl_1", draft)).not.toThrow();
  });

  it("leaves out findings that say nothing", () => {
    expect(
      writtenFindings([
        { text: " slow ", action: " " },
        { text: " ", action: "call" },
      ]),
    ).toEqual([{ text: "slow", action: "" }]);
  });
});

describe("the verdicts that may be given", () => {
  it("are never better than the checks, and not simply passed with findings", () => {
    expect(allowedVerdicts("passed", false)).toEqual(["passed", "passed-with-findings", "failed"]);
    expect(allowedVerdicts("passed", true)).toEqual(["passed-with-findings", "failed"]);
    expect(allowedVerdicts("passed-with-findings", false)).toEqual(["passed-with-findings", "failed"]);
    expect(allowedVerdicts("failed", false)).toEqual(["failed"]);
    expect(allowedVerdicts(null, false)).toEqual(["failed"]);
  });
});

import { describe, expect, it } from "vitest";
import { createPolicy } from "#lib/contracts/policies";
import { policyDraftOf, policyFaults, policyOf } from "./policy-draft.ts";

const policy = {
  name: "Shops",
  rule: {
    keep: [
      { type: "gfs" as const, daily: 14, weekly: 8, monthly: 12 },
      { type: "keep-last" as const, keep: 5 },
    ],
    capBytes: 3 * 1024 ** 3,
  },
  graceDays: 7,
  afterBackup: true,
};

describe("the draft of a retention policy", () => {
  it("says the same again when nothing was changed, and the API takes it", () => {
    expect(policyOf(policyDraftOf(policy))).toEqual(policy);
    expect(createPolicy.body.safeParse(policyOf(policyDraftOf(policy))).success).toBe(true);
  });

  it("begins with the offered numbers and asks for a name", () => {
    const draft = policyDraftOf(null);
    expect([...policyFaults(draft)]).toEqual(["name"]);
    expect(policyOf({ ...draft, name: " Mine " })?.rule.keep).toEqual([
      { type: "per-kind", fullMonths: 12, differentialWeeks: 8, incrementalDays: 7 },
    ]);
  });

  it("wants a rule or a limit", () => {
    const none = { ...policyDraftOf(policy), on: { "per-kind": false, gfs: false, "keep-last": false, "keep-days": false, cap: false } };
    expect([...policyFaults(none)]).toEqual(["none"]);
    expect(policyOf({ ...none, on: { ...none.on, cap: true } })?.rule).toEqual({ keep: [], capBytes: 3 * 1024 ** 3 });
  });

  it("takes no rule of zeros, which keeps nothing; one number is enough", () => {
    const zeros = { ...policyDraftOf(policy), daily: "0", weekly: "0", monthly: "0" };
    expect([...policyFaults(zeros)]).toEqual(["gfs-empty"]);
    expect([...policyFaults({ ...zeros, monthly: "1" })]).toEqual([]);
    const rule = { keep: [{ type: "gfs", daily: 0, weekly: 0, monthly: 0 }], capBytes: null };
    expect(createPolicy.body.safeParse({ name: "Zeros", rule }).error?.issues[0]?.message).toBe("a number above 0 in each rule");
  });

  it("finds numbers at fault, but not those of rules that are off", () => {
    expect([...policyFaults({ ...policyDraftOf(policy), keep: "0", fullMonths: "many" })]).toEqual(["keep"]);
    expect([...policyFaults({ ...policyDraftOf(policy), graceDays: "366", capGib: "0" })]).toEqual(["graceDays", "capGib"]);
  });

  it.each([10_000_000_000, 1, 100_000, 3 * 1024 ** 3 + 1, Number.MAX_SAFE_INTEGER])(
    "keeps a limit of %i bytes, which its field shows rounded, until somebody types another",
    (capBytes) => {
      const draft = policyDraftOf({ ...policy, rule: { ...policy.rule, capBytes } });
      expect([...policyFaults(draft)]).toEqual([]);
      expect(policyOf({ ...draft, name: "Others" })?.rule.capBytes).toBe(capBytes);
      expect(policyOf({ ...draft, capGib: "2" })?.rule.capBytes).toBe(2 * 1024 ** 3);
    },
  );

  it("takes a decimal comma", () => {
    expect(policyOf({ ...policyDraftOf(policy), capGib: "1,5" })?.rule.capBytes).toBe(1.5 * 1024 ** 3);
  });
});

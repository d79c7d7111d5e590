import { expect, it } from "vitest";
import { isProven, isTooGood, judgeDrill, type JudgedCheck } from "./drill-verdict.ts";

const check = (key: string, change: Partial<JudgedCheck> = {}): JudgedCheck => ({
  key,
  type: "roles",
  mandatory: true,
  state: "passed",
  ...change,
});
const content = check("content", { type: "content" });
const judge = (checks: JudgedCheck[], findings = 0) => judgeDrill({ restoreProblem: null, checks, findings });

it("passes what passed, and what did not apply counts neither way", () => {
  expect(judge([content, check("sequences", { state: "not-applicable" })])).toEqual({ best: "passed", reasons: [], isComplete: true });
});

it("cannot pass without a mandatory look at the contents", () => {
  for (const checks of [[], [check("roles")], [{ ...content, mandatory: false }], [{ ...content, state: "not-applicable" as const }]]) {
    expect(judge(checks)).toMatchObject({ best: "failed", reasons: [{ code: "check-no-content", params: {} }] });
  }
});

it("fails with a mandatory check that failed or has no verdict", () => {
  expect(judge([content, check("roles", { state: "failed" })])).toEqual({
    best: "failed",
    reasons: [{ code: "check-failed", params: { count: 1, first: "roles" } }],
    isComplete: true,
  });
  for (const state of ["pending", "running"] as const) {
    expect(judge([content, check("roles", { state })])).toEqual({
      best: "failed",
      reasons: [{ code: "check-pending", params: { count: 1 } }],
      isComplete: false,
    });
  }
});

it("passes with findings when something advisory failed or somebody wrote something down", () => {
  expect(judge([content, check("size", { mandatory: false, state: "failed" })]).best).toBe("passed-with-findings");
  for (const state of ["pending", "running"] as const) {
    expect(judge([content, check("size", { mandatory: false, state })])).toEqual({
      best: "passed-with-findings",
      reasons: [{ code: "check-pending", params: { count: 1 } }],
      isComplete: true,
    });
  }
  expect(judge([content], 1)).toEqual({ best: "passed-with-findings", reasons: [], isComplete: true });
});

it("fails without a copy, and says why there is none", () => {
  const restoreProblem = { code: "pack-missing", params: { key: "a" } } as const;
  expect(judgeDrill({ restoreProblem, checks: [content], findings: 0 })).toEqual({
    best: "failed",
    reasons: [restoreProblem],
    isComplete: true,
  });
});

it("proves a backup only when nothing that looked at all of its contents says otherwise", () => {
  const sql = check("sql", { type: "sql" });
  expect(isProven("passed", [content, sql])).toBe(true);
  expect(isProven("passed-with-findings", [sql, { ...content, state: "not-applicable" }])).toBe(true);
  expect(isProven("failed", [content])).toBe(false);
  for (const state of ["failed", "pending", "running"] as const) {
    expect(isProven("passed-with-findings", [sql, { ...content, mandatory: false, state }])).toBe(false);
  }
});

it("lets people say worse, never better", () => {
  expect(isTooGood("passed", "passed-with-findings")).toBe(true);
  expect(isTooGood("passed-with-findings", "failed")).toBe(true);
  expect(isTooGood("failed", "passed")).toBe(false);
  expect(isTooGood("passed", "passed")).toBe(false);
});

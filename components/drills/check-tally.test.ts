import { expect, it } from "vitest";
import { checkTally } from "./check-tally.ts";

it("counts what passed, failed, waits, and what still keeps the verdict open", () => {
  const checks = [
    { type: "content", mandatory: true, state: "passed" },
    { type: "sql", mandatory: true, state: "failed" },
    { type: "size", mandatory: false, state: "failed" },
    { type: "manual", mandatory: true, state: "pending" },
    { type: "sequences", mandatory: true, state: "running" },
    { type: "recovery-time", mandatory: true, state: "pending" },
    { type: "extensions", mandatory: true, state: "not-applicable" },
  ] as const;
  expect(checkTally(checks)).toEqual({
    passed: 1,
    failed: 2,
    waiting: 3,
    notApplicable: 1,
    automatic: 5,
    undecided: 2,
    mandatoryFailed: 1,
  });
});

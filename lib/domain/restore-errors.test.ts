import { expect, it } from "vitest";
import { judgeRestoreErrors } from "./drill-judge-database.ts";
import { keptErrors } from "./restore-errors.ts";

const errors = (kind: string, count: number) =>
  Array.from({ length: count }, (_, at) => ({ class: kind, entry: `TABLE t${at}`, message: "m" }));

it("what a drill may not tolerate is kept, however many owners are missing", () => {
  const kept = keptErrors([...errors("ownership", 500), ...errors("data", 1)], 500);
  expect(kept.errors).toHaveLength(500);
  expect(kept.errors[0]).toMatchObject({ class: "data" });
  expect(kept.count).toBe(501);
  expect(judgeRestoreErrors(1, kept.errors, kept)).toMatchObject({ verdict: "failed", actual: "1 errors" });
});

it("the number of errors is the one before the list was cut", () => {
  const bad = keptErrors(errors("other", 700), 500);
  expect(judgeRestoreErrors(1, bad.errors, bad)).toMatchObject({
    verdict: "failed",
    actual: "700 errors",
    reason: { code: "check-found", params: { count: 700 } },
  });
  const tolerated = keptErrors(errors("privileges", 700), 500);
  expect(judgeRestoreErrors(1, tolerated.errors, tolerated)).toMatchObject({
    verdict: "passed",
    actual: "700 errors of owners and grants",
  });
});

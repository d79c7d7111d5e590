import { describe, expect, it } from "vitest";
import { sourcePatch } from "#lib/contracts/sources";
import { afterFailuresDraft, afterFailuresOf, mostFailures } from "./after-failures.ts";

describe("after how many failures an incident is opened", () => {
  it("is what was saved, and null when it is switched off", () => {
    expect(afterFailuresOf(afterFailuresDraft(5))).toBe(5);
    expect(afterFailuresOf(afterFailuresDraft(null))).toBeNull();
    expect(afterFailuresOf({ ...afterFailuresDraft(null), on: true })).toBe(3);
  });

  it.each(["0", "", "1.5", "-2", "101", "three"])("cannot be %j", (count) => {
    expect(afterFailuresOf({ on: true, count })).toBeUndefined();
  });

  it("goes as far as the API does", () => {
    expect(sourcePatch.safeParse({ incidentAfterFailures: mostFailures }).success).toBe(true);
    expect(sourcePatch.safeParse({ incidentAfterFailures: mostFailures + 1 }).success).toBe(false);
  });
});

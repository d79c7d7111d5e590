import { describe, expect, it } from "vitest";
import { proofOf } from "./proof-of.ts";

const yes = { state: "yes", at: "2026-11-21T00:00:00.000Z" } as const;
const never = { state: "never", at: null } as const;
const failed = { state: "failed", at: "2026-11-21T00:00:00.000Z" } as const;
const blocker = { code: "chain-broken", params: { key: "k" }, message: "", hint: "" } as const;

describe("the mark above a point", () => {
  it("is nothing for what is only stored", () => {
    expect(proofOf({ meter: { stored: yes, verified: never, proven: never }, blocker: null })).toBeNull();
  });

  it("is the highest step", () => {
    expect(proofOf({ meter: { stored: yes, verified: yes, proven: never }, blocker: null })).toBe("verified");
    expect(proofOf({ meter: { stored: yes, verified: yes, proven: yes }, blocker: null })).toBe("proven");
  });

  it("is a failure wherever there is one, and where a base is broken although its own file was verified", () => {
    expect(proofOf({ meter: { stored: yes, verified: failed, proven: yes }, blocker: null })).toBe("failed");
    expect(proofOf({ meter: { stored: yes, verified: yes, proven: never }, blocker })).toBe("failed");
  });
});

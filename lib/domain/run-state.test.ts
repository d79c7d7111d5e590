import { describe, expect, it } from "vitest";
import { canMove, isActive, runStates } from "./run-state.ts";

describe("run state machine", () => {
  it("has no way out of a final state", () => {
    for (const from of runStates.filter((state) => !isActive(state))) expect(runStates.some((to) => canMove(from, to))).toBe(false);
  });

  it("never goes back to queued", () => {
    expect(runStates.some((from) => canMove(from, "queued"))).toBe(false);
  });

  it("can end every active state", () => {
    for (const from of runStates.filter((state) => isActive(state)))
      expect(canMove(from, "failed") && canMove(from, "cancelled")).toBe(true);
  });
});

import { describe, expect, it } from "vitest";
import { stepsOf } from "./gate-steps.ts";

const at = (minute: number): string => `2026-11-22T10:0${minute}:00.000Z`;
const fresh = {
  state: "backing-up",
  checker: "client",
  startedAt: at(0),
  backedUpAt: null,
  verifiedAt: null,
  endedAt: null,
  exitCode: null,
  backupRunId: "run_1",
  verifyRunId: null,
  checkRunId: null,
} as const;
const statesOf = (gate: Parameters<typeof stepsOf>[0]) => stepsOf(gate).map(({ state }) => state);

describe("the steps of a gate", () => {
  it("run one after the other", () => {
    expect(statesOf(fresh)).toEqual(["running", "waiting", "waiting"]);
    expect(statesOf({ ...fresh, state: "verifying", backedUpAt: at(1) })).toEqual(["done", "running", "waiting"]);
    expect(statesOf({ ...fresh, state: "checking", backedUpAt: at(1), verifiedAt: at(2) })).toEqual(["done", "done", "running"]);
  });

  it("blame the step that did not end, and nothing after it", () => {
    const failed = { ...fresh, state: "failed", endedAt: at(5) } as const;
    expect(statesOf(failed)).toEqual(["failed", "never", "never"]);
    expect(statesOf({ ...failed, backedUpAt: at(1) })).toEqual(["done", "failed", "never"]);
    expect(stepsOf({ ...failed, backedUpAt: at(1), verifiedAt: at(2), exitCode: 3 })[2]).toEqual({
      name: "check",
      state: "failed",
      startedAt: at(2),
      endedAt: at(5),
      runId: null,
    });
  });

  it("do not call a check done that nobody asked for", () => {
    const passed = { ...fresh, state: "passed", checker: "none", backedUpAt: at(1), verifiedAt: at(2), endedAt: at(2) } as const;
    expect(statesOf(passed)).toEqual(["done", "done", "skipped"]);
  });
});

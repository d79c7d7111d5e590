import { describe, expect, it } from "vitest";
import { clockTone, liveClock } from "./live-clock.ts";

const at = "2026-11-22T10:00:00.000Z";
const clock = {
  startedAt: at,
  stoppedAt: null,
  elapsedMs: 60_000,
  machineMs: 20_000,
  pausedMs: 5000,
  recoveryTimeSeconds: 120,
  recoveryPointSeconds: null,
  actualRecoveryPointSeconds: null,
};
const running = { clock, state: "restoring", activeRunId: "run_1", pausedAt: null } as const;

describe("the recovery clock", () => {
  it("goes on from the server's answer by this browser's own time", () => {
    expect(liveClock(running, 1000, 31_000)).toMatchObject({
      elapsedMs: 90_000,
      machineMs: 50_000,
      pausedMs: 5000,
      isRunning: true,
      share: 0.75,
    });
  });

  it("counts no machine time while only a person works, and pauses as such", () => {
    expect(liveClock({ ...running, state: "validating", activeRunId: null, pausedAt: at }, 0, 10_000)).toMatchObject({
      elapsedMs: 70_000,
      machineMs: 20_000,
      pausedMs: 15_000,
    });
  });

  it("stands still when it was stopped, and when the drill is over", () => {
    const stopped = { ...running, clock: { ...clock, stoppedAt: at } };
    expect(liveClock(stopped, 0, 99_000)).toMatchObject({ elapsedMs: 60_000, isRunning: false });
    expect(liveClock({ ...running, state: "aborted", activeRunId: null }, 0, 99_000)).toMatchObject({
      elapsedMs: 60_000,
      isRunning: false,
    });
  });

  it("is not there before the restore, and has no share without an objective", () => {
    const none = { ...clock, startedAt: null, elapsedMs: null, machineMs: 0, pausedMs: 0 };
    expect(liveClock({ ...running, clock: none, state: "prepared", activeRunId: null }, 0, 9000)).toMatchObject({
      elapsedMs: null,
      share: null,
    });
    expect(liveClock({ ...running, clock: { ...clock, recoveryTimeSeconds: null } }, 0, 0).share).toBeNull();
  });

  it("warns before the objective is missed", () => {
    expect([null, 0.5, 0.8, 1, 1.01].map(clockTone)).toEqual(["accent", "good", "warn", "warn", "bad"]);
  });
});

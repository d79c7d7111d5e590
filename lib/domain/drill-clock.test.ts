import { expect, it } from "vitest";
import { type ClockCheck, clockStop, pauseWithin } from "./drill-clock.ts";

const at = (second: number) => new Date(Date.UTC(2026, 4, 20, 8, 0, second));
const passed = (second: number, change: Partial<ClockCheck> = {}): ClockCheck => ({
  type: "content",
  mandatory: true,
  state: "passed",
  finishedAt: at(second),
  ...change,
});

it("stops when the last mandatory check has passed, whichever ran last", () => {
  const late = passed(50, { mandatory: false });
  const itself = passed(55, { type: "recovery-time", state: "pending", finishedAt: null });
  expect(clockStop([passed(10), passed(40), passed(20), late, itself])).toEqual(at(40));
  expect(clockStop([passed(10), passed(12, { state: "not-applicable", finishedAt: null })])).toEqual(at(10));
});

it("goes on while a mandatory check failed or is to come, and without any", () => {
  for (const state of ["pending", "running", "failed"] as const) expect(clockStop([passed(1), passed(2, { state })])).toBe(null);
  expect(clockStop([passed(1, { mandatory: false })])).toBe(null);
});

it("counts of a pause what lies within the clock", () => {
  const pause = { from: at(10), to: at(30) };
  expect(pauseWithin(pause, { startedAt: null, stoppedAt: null })).toBe(0);
  expect(pauseWithin(pause, { startedAt: at(20), stoppedAt: null })).toBe(10_000);
  expect(pauseWithin(pause, { startedAt: at(0), stoppedAt: at(15) })).toBe(5_000);
  expect(pauseWithin(pause, { startedAt: at(0), stoppedAt: at(5) })).toBe(0);
});

import { expect, it } from "vitest";
import { pauseWithin } from "./drill-clock.ts";

const at = (second: number) => new Date(Date.UTC(2026, 4, 20, 8, 0, second));

it("counts of a pause what lies within the clock", () => {
  const pause = { from: at(10), to: at(30) };
  expect(pauseWithin(pause, { startedAt: null, stoppedAt: null })).toBe(0);
  expect(pauseWithin(pause, { startedAt: at(20), stoppedAt: null })).toBe(10_000);
  expect(pauseWithin(pause, { startedAt: at(0), stoppedAt: at(15) })).toBe(5_000);
  expect(pauseWithin(pause, { startedAt: at(0), stoppedAt: at(5) })).toBe(0);
});

import { expect, test } from "vitest";
import { judgeClock } from "./clock-guard.ts";

const lastSeen = new Date("2026-11-22T12:00:00Z");
const after = (ms: number) => new Date(lastSeen.getTime() + ms);
const minute = 60_000;
const day = 86_400_000;

test.each([
  ["a minute later", minute, 0],
  ["back by what two computers may differ", -9 * minute, 0],
  ["after six days without Lifeboat", 6 * day, 0],
  ["a worker nine minutes behind", minute, -9 * minute],
])("is believed: %s", (_name, moved, apart) => {
  expect(judgeClock({ lastSeen, catalogue: after(moved), worker: after(moved + apart) })).toEqual({ believed: true });
});

test.each([
  ["ten years ahead", 3653 * day, 0, "ahead", 3653 * 86_400],
  ["eight days ahead", 8 * day, 0, "ahead", 8 * 86_400],
  ["a year back", -365 * day, 0, "back", -365 * 86_400],
  ["a worker ten years ahead of the catalogue", minute, 3653 * day, "apart", 3653 * 86_400],
  ["a worker a year behind the catalogue", minute, -365 * day, "apart", -365 * 86_400],
])("is not believed: %s", (_name, moved, apart, why, jumpSeconds) => {
  expect(judgeClock({ lastSeen, catalogue: after(moved), worker: after(moved + apart) })).toEqual({ believed: false, why, jumpSeconds });
});

import { expect, it } from "vitest";
import { markOf } from "./strip-mark.ts";

const nothing = { day: "2026-11-20", good: 0, failed: 0, missed: 0, planned: 0 };
const since = "2026-11-10T08:00:00.000Z";

it("a day shows the worst that was not made good, and what is still to come", () => {
  expect(markOf({ ...nothing, good: 2 }, since)).toBe("good");
  expect(markOf({ ...nothing, good: 1, failed: 1, missed: 1 }, since)).toBe("mixed");
  expect(markOf({ ...nothing, good: 1, missed: 1 }, since)).toBe("late");
  expect(markOf({ ...nothing, failed: 1, missed: 1 }, since)).toBe("failed");
  expect(markOf({ ...nothing, missed: 1, planned: 1 }, since)).toBe("missed");
  expect(markOf({ ...nothing, planned: 1 }, since)).toBe("planned");
  expect(markOf(nothing, since)).toBe("none");
  expect(markOf({ ...nothing, day: "2026-11-09" }, since)).toBe("before");
});

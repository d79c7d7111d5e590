import { expect, it } from "vitest";
import type { SourceDto } from "#lib/contracts/sources";
import { wantsLook } from "./wants-look.ts";

const drill = (change: Partial<NonNullable<SourceDto["drill"]>>): SourceDto["drill"] => ({
  due: "ok",
  nextDueAt: "2026-12-01T00:00:00.000Z",
  openId: null,
  lastId: null,
  lastVerdict: null,
  ...change,
});

it("says what a source's row tells of its drills, the worst of it", () => {
  expect(wantsLook(null)).toBeNull();
  expect(wantsLook(drill({}))).toBeNull();
  expect(wantsLook(drill({ due: "due-soon", lastVerdict: "passed" }))).toBeNull();
  expect(wantsLook(drill({ due: "due" }))).toBe("due.due");
  expect(wantsLook(drill({ due: "due", lastVerdict: "failed" }))).toBe("verdict.failed");
  expect(wantsLook(drill({ due: "overdue", lastVerdict: "failed" }))).toBe("due.overdue");
  expect(wantsLook(drill({ due: "running", lastVerdict: "failed" }))).toBe("due.running");
});

import { expect, it } from "vitest";
import { hoursAgo, now, overviewSource } from "./overview-source-fixture.ts";
import { levelOf } from "./source-level.ts";

const sizeOdd = { code: "size-anomaly", at: hoursAgo(1), runId: null, backupId: "b", drillId: null } as const;
const drill = { due: "ok", nextDueAt: hoursAgo(-100), openId: null, failed: null } as const;

it.each([
  ["good", {}],
  ["good", { drill }],
  ["bad", { lastGood: null }],
  ["bad", { lastGood: { id: "b", at: hoursAgo(27), verified: true } }],
  ["bad", { damaged: { id: "b", at: hoursAgo(1) } }],
  ["attention", { failedRun: { id: "r", at: hoursAgo(1) } }],
  ["attention", { missedAt: hoursAgo(1) }],
  ["attention", { diverged: { at: hoursAgo(1) } }],
  ["attention", { alerts: [sizeOdd] }],
  ["attention", { drill: { ...drill, due: "overdue" } }],
  ["attention", { drill: { ...drill, failed: { id: "d", at: hoursAgo(1) } } }],
  ["attention", { lastGood: { id: "b", at: hoursAgo(1), verified: false }, lastVerifiedAt: null }],
  ["paused", { paused: true, lastGood: null }],
] as const)("is %s with %o", (level, change) => {
  expect(levelOf(overviewSource(change), now)).toBe(level);
});

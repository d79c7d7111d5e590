import { describe, expect, it } from "vitest";
import { findNeeds, judge, type OverviewSource, type SystemTroubles } from "./overview-verdict.ts";

const now = new Date("2026-11-21T12:00:00.000Z");
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000);
const fine: SystemTroubles = { noWorker: false, toolsMissing: false, noSpace: false };

function source(change: Partial<OverviewSource> = {}): OverviewSource {
  return {
    id: "src_1",
    name: "Shop",
    createdAt: hoursAgo(1000),
    paused: false,
    lastGood: { id: "bkp_1", at: hoursAgo(3), verified: true },
    lastVerifiedAt: hoursAgo(2),
    lastProvenAt: null,
    damaged: null,
    failedRun: null,
    isRunning: false,
    ...change,
  };
}

describe("judge", () => {
  it("says that there is nothing to judge", () => {
    expect(judge([], fine, now)).toMatchObject({ level: "empty", code: "no-sources" });
  });

  it("calls all good only what was verified, and names the oldest proof", () => {
    const sources = [source(), source({ lastVerifiedAt: hoursAgo(1), lastProvenAt: hoursAgo(288) })];
    expect(judge(sources, fine, now)).toEqual({ level: "good", code: "all-good", sources: 2, affected: 0, oldestProofAt: hoursAgo(288) });
    expect(judge([...sources, source({ lastGood: { id: "b", at: hoursAgo(1), verified: false } })], fine, now)).toMatchObject({
      level: "attention",
      code: "all-stored",
      affected: 1,
    });
  });

  it.each([
    [{ lastGood: null }, "some-without-backup", "bad"],
    [{ failedRun: { id: "run_1", at: hoursAgo(1) } }, "some-failed", "attention"],
    [{ damaged: { id: "bkp_2", at: hoursAgo(1) } }, "some-failed", "attention"],
    [{ lastGood: { id: "b", at: hoursAgo(27), verified: true } }, "some-old", "attention"],
  ] as const)("names the worst: %o is %s", (change, code, level) => {
    expect(judge([source(), source(change)], fine, now)).toMatchObject({ code, level, affected: 1, sources: 2 });
  });

  it("lets a missing backup weigh more than a failed run, and a missing worker more than all", () => {
    const sources = [source({ lastGood: null }), source({ failedRun: { id: "run_1", at: hoursAgo(1) } })];
    expect(judge(sources, fine, now).code).toBe("some-without-backup");
    expect(judge(sources, { ...fine, noWorker: true }, now)).toMatchObject({ code: "no-worker", level: "bad" });
  });

  it("does not call a paused source's backup old", () => {
    expect(judge([source({ paused: true, lastGood: { id: "b", at: hoursAgo(999), verified: true } })], fine, now).code).toBe("all-good");
  });
});

describe("findNeeds", () => {
  it("asks about a database that a replacement keeps once nobody will want it back, after everything else", () => {
    const kept = { restoreId: "rst_1", sourceId: "src_1", sourceName: "Shop", database: "shop", keptName: "shop_before_1" };
    const young = { ...kept, since: hoursAgo(7 * 24 - 1) };
    const old = { ...kept, restoreId: "rst_2", since: hoursAgo(7 * 24 + 1) };
    const failing = source({ lastGood: null });
    expect(findNeeds([failing], fine, now, [young, old]).map(({ code, restoreId }) => [code, restoreId])).toEqual([
      ["source-never-backed-up", null],
      ["kept-database", "rst_2"],
    ]);
    expect(findNeeds([source()], fine, now, [young])).toEqual([]);
  });

  it("asks for nothing when all is good", () => {
    expect(findNeeds([source()], fine, now)).toEqual([]);
  });

  it("orders by severity, then by waiting time, and stops at five", () => {
    const needs = findNeeds(
      [
        source({ id: "a", lastGood: { id: "b", at: hoursAgo(40), verified: true } }),
        source({ id: "b", lastGood: null, createdAt: hoursAgo(5) }),
        source({ id: "c", lastGood: null, createdAt: hoursAgo(50) }),
        source({ id: "d", damaged: { id: "bkp_9", at: hoursAgo(1) } }),
        source({ id: "e", failedRun: { id: "run_9", at: hoursAgo(1) } }),
        source({ id: "f", lastGood: { id: "u", at: hoursAgo(1), verified: false } }),
      ],
      { ...fine, noSpace: true },
      now,
    );
    expect(needs.map((need) => [need.code, need.sourceId])).toEqual([
      ["no-space", null],
      ["verify-failed", "d"],
      ["source-never-backed-up", "c"],
      ["source-never-backed-up", "b"],
      ["backup-failed", "e"],
    ]);
  });

  it("carries what the button needs", () => {
    expect(findNeeds([source({ failedRun: { id: "run_9", at: hoursAgo(1) } })], fine, now)).toMatchObject([
      { runId: "run_9", since: hoursAgo(1) },
    ]);
    expect(findNeeds([source({ lastGood: { id: "bkp_7", at: hoursAgo(1), verified: false } })], fine, now)).toMatchObject([
      { backupId: "bkp_7" },
    ]);
  });

  it("does not ask for what a running backup may be curing, nor for backups of a paused source", () => {
    expect(findNeeds([source({ lastGood: null, isRunning: true })], fine, now)).toEqual([]);
    expect(findNeeds([source({ paused: true, failedRun: { id: "run_9", at: hoursAgo(1) } })], fine, now)).toEqual([]);
  });

  it("says that a first backup failed rather than that there was none", () => {
    expect(findNeeds([source({ lastGood: null, failedRun: { id: "run_9", at: hoursAgo(1) } })], fine, now)).toMatchObject([
      { code: "backup-failed" },
    ]);
  });
});

import { describe, expect, it } from "vitest";
import { type AlertCode, alertCodes, alertSeverities } from "./alert-codes.ts";
import { findNeeds, type OpenIncident } from "./overview-needs.ts";
import { hoursAgo, now, overviewSource as source } from "./overview-source-fixture.ts";
import { judge, type OpenAlert, type OverviewSource, type SystemTroubles } from "./overview-verdict.ts";

const fine: SystemTroubles = {
  noWorker: false,
  silentGroups: [],
  toolsMissing: false,
  noSpace: false,
  clockSuspect: false,
  destinationUnreachable: false,
  channelFailing: false,
};

function alert(code: AlertCode, change: Partial<OpenAlert> = {}): OpenAlert {
  return { code, at: hoursAgo(2), runId: null, backupId: null, drillId: null, ...change };
}

function drill(change: Partial<NonNullable<OverviewSource["drill"]>> = {}): OverviewSource["drill"] {
  return { due: "ok", nextDueAt: hoursAgo(-200), openId: null, failed: null, ...change };
}

function incident(change: Partial<OpenIncident> = {}): OpenIncident {
  return {
    incidentId: "inc_1",
    incidentNumber: 7,
    incidentTitle: null,
    incidentKind: "backup-failed",
    sourceId: "src_1",
    sourceName: "Shop",
    since: hoursAgo(4),
    ...change,
  };
}

describe("judge", () => {
  it("says that there is nothing to judge", () => {
    expect(judge([], fine, now)).toMatchObject({ level: "empty", code: "no-sources" });
  });

  it("calls all good only what was verified, and names the oldest proof", () => {
    const sources = [source(), source({ lastVerifiedAt: hoursAgo(1), lastProvenAt: hoursAgo(288) })];
    expect(judge(sources, fine, now)).toEqual({
      level: "good",
      code: "all-good",
      sources: 2,
      affected: 0,
      paused: 0,
      proven: 1,
      oldestProofAt: hoursAgo(288),
    });
    const unverified = { lastGood: { id: "b", at: hoursAgo(1), verified: false }, lastVerifiedAt: hoursAgo(27) };
    expect(judge([...sources, source(unverified)], fine, now)).toMatchObject({
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
    [{ lastGood: { id: "b", at: hoursAgo(3), verified: true }, objectiveSeconds: 2 * 3600 }, "some-old", "attention"],
    [{ missedAt: hoursAgo(1) }, "some-missed", "attention"],
    [{ diverged: { at: hoursAgo(1) } }, "some-diverged", "attention"],
    [{ alerts: [alert("size-anomaly")] }, "some-alerts", "attention"],
  ] as const)("names the worst: %o is %s", (change, code, level) => {
    expect(judge([source(), source(change)], fine, now)).toMatchObject({ code, level, affected: 1, sources: 2 });
  });

  it("says that everything can be restored only when all of it was, and no drill failed since or is overdue", () => {
    const proven = source({ lastProvenAt: hoursAgo(100), drill: drill() });
    expect(judge([proven, source({ lastProvenAt: hoursAgo(300) })], fine, now)).toMatchObject({
      level: "good",
      code: "all-proven",
      proven: 2,
      oldestProofAt: hoursAgo(300),
    });
    const overdue = source({ lastProvenAt: hoursAgo(9000), drill: drill({ due: "overdue" }) });
    expect(judge([proven, overdue], fine, now)).toMatchObject({ level: "attention", code: "some-drill-overdue", affected: 1 });
    const failed = source({ lastProvenAt: hoursAgo(9000), drill: drill({ failed: { id: "drl_1", at: hoursAgo(1) } }) });
    expect(judge([overdue, failed], fine, now)).toMatchObject({ level: "attention", code: "some-drill-failed", affected: 1 });
    expect(judge([proven, source({ drill: drill({ due: "due" }) })], fine, now)).toMatchObject({ code: "all-good", proven: 1 });
  });

  it("lets a missing backup weigh more than a failed run, and a missing worker more than all", () => {
    const sources = [source({ lastGood: null }), source({ failedRun: { id: "run_1", at: hoursAgo(1) } })];
    expect(judge(sources, fine, now).code).toBe("some-without-backup");
    expect(judge(sources, { ...fine, noWorker: true }, now)).toMatchObject({ code: "no-worker", level: "bad" });
    expect(judge([source()], { ...fine, silentGroups: ["dmz"], destinationUnreachable: true }, now)).toMatchObject({
      code: "group-without-worker",
      level: "bad",
    });
    expect(findNeeds(sources, { ...fine, silentGroups: ["dmz", "far"] }, now).map(({ code, group }) => [code, group])).toEqual(
      expect.arrayContaining([
        ["no-worker", "dmz"],
        ["no-worker", "far"],
      ]),
    );
  });

  it("does not call a paused source's backup old, nor its schedule missed, but says that it is paused", () => {
    const paused = source({ paused: true, lastGood: { id: "b", at: hoursAgo(999), verified: true }, missedAt: hoursAgo(2) });
    expect(judge([paused, source()], fine, now)).toMatchObject({ code: "all-good", paused: 1 });
  });

  it("asks for no verification between a backup and the one of the same day", () => {
    const tonight = source({ lastGood: { id: "b", at: hoursAgo(1), verified: false }, lastVerifiedAt: hoursAgo(23) });
    expect(judge([tonight], fine, now).code).toBe("all-good");
    expect(findNeeds([tonight], fine, now)).toEqual([]);
  });

  it("takes each source by what its own schedules promise", () => {
    const weekly = source({ lastGood: { id: "b", at: hoursAgo(6 * 24), verified: true }, objectiveSeconds: 170 * 3600 });
    expect(judge([weekly], fine, now).code).toBe("all-good");
    expect(findNeeds([weekly], fine, now)).toEqual([]);
  });

  it("forgets a missed backup once a good one was made after it", () => {
    expect(judge([source({ missedAt: hoursAgo(4) })], fine, now).code).toBe("all-good");
    expect(findNeeds([source({ missedAt: hoursAgo(4) })], fine, now)).toEqual([]);
    expect(findNeeds([source({ missedAt: hoursAgo(1), isRunning: true })], fine, now)).toEqual([]);
  });

  it.each([
    ["destinationUnreachable", "destination-unreachable", "bad"],
    ["toolsMissing", "tools-missing", "attention"],
    ["clockSuspect", "clock-suspect", "attention"],
    ["noSpace", "no-space", "attention"],
    ["channelFailing", "channel-failing", "attention"],
  ] as const)("never says that all is well while %s", (trouble, code, level) => {
    const troubles = { ...fine, [trouble]: true };
    expect(judge([source(), source()], troubles, now)).toMatchObject({ code, level, affected: 2 });
    expect(findNeeds([source()], troubles, now).map((need) => need.code)).toEqual([code]);
  });

  it("is good only while nothing serious is asked for, whatever comes together", () => {
    const old = { id: "b", at: hoursAgo(40), verified: true };
    const changes: Partial<OverviewSource>[] = [
      {},
      { lastGood: null },
      { lastGood: old },
      { lastGood: { ...old, at: hoursAgo(1), verified: false }, lastVerifiedAt: null },
      { failedRun: { id: "run_1", at: hoursAgo(1) } },
      { damaged: { id: "bkp_2", at: hoursAgo(1) } },
      { missedAt: hoursAgo(1) },
      { diverged: { at: hoursAgo(1) } },
      { alerts: [alert("gate-failed"), alert("backup-failed")] },
      { drill: drill({ due: "overdue" }) },
      { drill: drill({ due: "due" }) },
      { drill: drill({ failed: { id: "drl_1", at: hoursAgo(1) } }) },
    ];
    const calm = new Set(["drill-due", "kept-database"]);
    const cases = changes.flatMap((left) =>
      changes.flatMap((right) => [{}, { isRunning: true }, { paused: true }].map((more) => [source({ ...left, ...more }), source(right)])),
    );
    const glossedOver = cases.filter((sources) => {
      const isAsked = findNeeds(sources, fine, now).some(({ code }) => !calm.has(code));
      return isAsked && judge(sources, fine, now).level === "good";
    });
    expect(cases.length).toBe(12 * 12 * 3);
    expect(glossedOver).toEqual([]);
  });
});

describe("an open alert", () => {
  /** Told by a fact of the source, or for the whole installation. */
  const elsewhere = ["drill-due", "drill-overdue", "fingerprint-diverged", "disk-nearly-full", "destination-unreachable", "clock-suspect"];

  it("is asked for, and keeps the verdict from being good, unless another need stands for it", () => {
    const untold = alertCodes.filter((code) => alertSeverities[code] !== "info" && !elsewhere.includes(code));
    expect(untold.length).toBe(7);
    for (const code of untold) {
      const sources = [source({ alerts: [alert(code, { runId: "run_1", backupId: "bkp_1", drillId: "drl_1" })] }), source({ id: "src_2" })];
      expect(judge(sources, fine, now)).toMatchObject({ level: "attention", code: "some-alerts", affected: 1 });
      expect(findNeeds(sources, fine, now)).toMatchObject([{ sourceId: "src_1", since: hoursAgo(2) }]);
    }
    const needs = findNeeds([source({ alerts: untold.map((code) => alert(code)) })], fine, now).map(({ code }) => code);
    expect(needs).toEqual(["verify-failed", "backup-failed", "backup-missed", "drill-failed", "gate-failed"]);
    expect(findNeeds([source({ alerts: [alert("size-anomaly"), alert("clean-up-failed")] })], fine, now).map(({ code }) => code)).toEqual([
      "clean-up-failed",
      "size-odd",
    ]);
    expect(judge([source({ alerts: elsewhere.map((code) => alert(code as AlertCode)) })], fine, now).level).toBe("good");
  });

  it("is asked for once beside the failure that it is about, and not while something may just be curing it", () => {
    const told: Partial<OverviewSource>[] = [
      { alerts: [alert("backup-failed")], failedRun: { id: "run_9", at: hoursAgo(1) } },
      { alerts: [alert("backup-failed"), alert("backup-missed")], lastGood: null },
      { alerts: [alert("backup-missed")], missedAt: hoursAgo(1) },
      { alerts: [alert("verification-failed")], damaged: { id: "bkp_2", at: hoursAgo(1) } },
      { alerts: [alert("drill-failed")], drill: drill({ failed: { id: "drl_1", at: hoursAgo(1) } }) },
    ];
    expect(told.map((change) => findNeeds([source(change)], fine, now).length)).toEqual([1, 1, 1, 1, 1]);
    const curing: Partial<OverviewSource>[] = [
      { alerts: [alert("backup-failed")], isRunning: true },
      { alerts: [alert("backup-missed")], paused: true },
      { alerts: [alert("drill-failed")], drill: drill({ due: "running" }) },
    ];
    expect(curing.flatMap((change) => findNeeds([source(change)], fine, now))).toEqual([]);
  });
});

describe("findNeeds", () => {
  it("asks about a database that a replacement keeps once nobody will want it back, after everything else", () => {
    const kept = { restoreId: "rst_1", sourceId: "src_1", sourceName: "Shop", database: "shop", keptName: "shop_before_1" };
    const young = { ...kept, since: hoursAgo(7 * 24 - 1) };
    const old = { ...kept, restoreId: "rst_2", since: hoursAgo(7 * 24 + 1) };
    const failing = source({ lastGood: null });
    expect(findNeeds([failing], fine, now, { kept: [young, old] }).map(({ code, restoreId }) => [code, restoreId])).toEqual([
      ["source-never-backed-up", null],
      ["kept-database", "rst_2"],
    ]);
    expect(findNeeds([source()], fine, now, { kept: [young] })).toEqual([]);
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
        source({ id: "f", lastGood: { id: "u", at: hoursAgo(1), verified: false }, lastVerifiedAt: null }),
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
    expect(
      findNeeds([source({ lastGood: { id: "bkp_7", at: hoursAgo(1), verified: false }, lastVerifiedAt: null })], fine, now),
    ).toMatchObject([{ backupId: "bkp_7" }]);
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

  it("asks for the drill of a source beside what is wrong with its backups", () => {
    const old = { id: "b", at: hoursAgo(40), verified: true };
    expect(
      findNeeds([source({ lastGood: old, drill: drill({ due: "overdue", nextDueAt: hoursAgo(300), openId: "rests" }) })], fine, now),
    ).toMatchObject([{ code: "drill-overdue", sourceId: "src_1", sourceEngine: "postgres", since: hoursAgo(300) }, { code: "backup-old" }]);
    const codes = (change: Parameters<typeof drill>[0]) => findNeeds([source({ drill: drill(change) })], fine, now).map(({ code }) => code);
    expect(codes({ due: "due" })).toEqual(["drill-due"]);
    expect(codes({ due: "due-soon" })).toEqual([]);
    expect(codes({ due: "none" })).toEqual([]);
    const failed = { id: "drl_1", at: hoursAgo(2) };
    expect(findNeeds([source({ drill: drill({ due: "overdue", failed }) })], fine, now)).toMatchObject([
      { code: "drill-failed", drillId: "drl_1", since: hoursAgo(2) },
    ]);
    expect(codes({ due: "running", failed })).toEqual([]);
  });

  it("tells an overdue drill whatever else there is", () => {
    const failing = ["a", "b", "c", "d", "e", "f"].map((id) => source({ id, lastGood: null }));
    const overdue = ["g", "h"].map((id, index) => source({ id, drill: drill({ due: "overdue", nextDueAt: hoursAgo(100 + index) }) }));
    const needs = findNeeds([...failing, ...overdue], fine, now);
    expect(needs).toHaveLength(5);
    expect(needs.at(-1)).toMatchObject({ code: "drill-overdue", sourceId: "h" });
  });

  it("lets an open incident stand for the failures that it is about, and for no others", () => {
    const failedRun = { id: "run_9", at: hoursAgo(1) };
    expect(findNeeds([source({ failedRun })], fine, now, { incidents: [incident()] })).toMatchObject([
      { code: "incident-open", incidentId: "inc_1", incidentNumber: 7, sourceName: "Shop", since: hoursAgo(4) },
    ]);
    const other = incident({ incidentKind: "manual", incidentTitle: "The till is slow" });
    expect(findNeeds([source({ failedRun })], fine, now, { incidents: [other] }).map(({ code }) => code)).toEqual([
      "incident-open",
      "backup-failed",
    ]);
    const elsewhere = incident({ sourceId: "src_2" });
    expect(findNeeds([source({ failedRun })], fine, now, { incidents: [elsewhere] })).toHaveLength(2);
  });
});

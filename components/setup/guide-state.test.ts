import { describe, expect, it } from "vitest";
import { guideState, isFirstRunOver } from "./guide-state.tsx";

type Input = Parameters<typeof guideState>[0];
const server = { id: "srv_1", name: "main", isSample: false };
const source: Input["sources"][number] = {
  id: "src_1",
  name: "shop",
  engine: "postgres",
  serverId: "srv_1",
  isSample: false,
  pausedAt: null,
  lastGoodAt: null,
  lastGoodBackupId: null,
  lastProvenAt: null,
  lastRun: null,
  activeRun: null,
  drill: null,
  nextBackupAt: null,
  retentionPolicyId: null,
};
const nothing: Input = { servers: [], sources: [] };
const drill = { due: "running", nextDueAt: "2026-12-22T01:00:00.000Z", openId: "drl_1", lastId: null, lastVerdict: null } as const;

describe("the steps of first run", () => {
  it("begin with a server: the account is there for whoever reads this", () => {
    const state = guideState(nothing);
    expect([state.next, state.doneCount]).toEqual(["server", 1]);
  });

  it("lead from step to step by what is there", () => {
    expect(guideState({ ...nothing, servers: [server] }).next).toBe("databases");
    expect(guideState({ ...nothing, servers: [server], sources: [source] })).toMatchObject({ next: "schedule", unscheduled: [source] });
    const planned = { ...source, nextBackupAt: "2026-11-22T23:00:00.000Z" };
    expect(guideState({ ...nothing, servers: [server], sources: [planned] })).toMatchObject({ next: "backup", toBackUp: planned });
    const good = { ...planned, lastGoodAt: "2026-11-22T01:00:00.000Z", lastGoodBackupId: "bkp_1" };
    expect(guideState({ ...nothing, servers: [server], sources: [good] })).toMatchObject({ next: "proof", backedUp: good });
    const proven = { ...good, lastProvenAt: "2026-11-22T02:00:00.000Z" };
    expect(guideState({ ...nothing, servers: [server], sources: [proven] })).toMatchObject({ next: null, doneCount: 6, proven });
  });

  it("count nothing of the sample", () => {
    const sample = { ...source, isSample: true, drill, lastGoodAt: "2026-11-22T01:00:00.000Z", lastProvenAt: "2026-11-22T01:00:00.000Z" };
    const state = guideState({
      servers: [{ ...server, isSample: true }],
      sources: [sample],
    });
    expect(state).toMatchObject({ next: "server", doneCount: 1, sample, openDrillId: null });
  });

  it("go on with what was backed up last, and with the drill that is open", () => {
    const older = { ...source, lastGoodAt: "2026-11-20T01:00:00.000Z" };
    const newer = { ...source, id: "src_2", lastGoodAt: "2026-11-21T01:00:00.000Z", drill };
    expect(guideState({ servers: [server], sources: [older, newer] })).toMatchObject({ backedUp: newer, openDrillId: "drl_1" });
  });

  it("are over with the first proof of one's own, and for whom one page of sources is not enough", () => {
    const proven = { ...source, lastProvenAt: "2026-11-20T01:00:00.000Z" };
    expect(isFirstRunOver({ items: [source, proven], total: 2 })).toBe(true);
    expect(isFirstRunOver({ items: [source], total: 101 })).toBe(true);
    expect(isFirstRunOver({ items: [source, { ...proven, isSample: true }], total: 2 })).toBe(false);
    expect(isFirstRunOver({ items: [], total: 0 })).toBe(false);
  });

  it("plan nothing for what is paused, and count one planned source as the step", () => {
    const paused = { ...source, id: "src_2", pausedAt: "2026-11-20T01:00:00.000Z" };
    const planned = { ...source, id: "src_3", nextBackupAt: "2026-11-22T23:00:00.000Z" };
    const state = guideState({ ...nothing, sources: [source, paused, planned] });
    expect([state.done.schedule, state.unscheduled.map(({ id }) => id), state.scheduled]).toEqual([true, ["src_1"], [planned]]);
  });

  it("do not ask to back up what is paused", () => {
    const paused = { ...source, pausedAt: "2026-11-20T01:00:00.000Z" };
    expect(guideState({ ...nothing, sources: [paused] }).toBackUp).toBeNull();
    expect(guideState({ ...nothing, sources: [paused, { ...source, id: "src_2" }] }).toBackUp?.id).toBe("src_2");
  });
});

import { describe, expect, it } from "vitest";
import { longestWaitMs } from "./slot-due.ts";
import { decideEnd, decideQueued, decideStart } from "./slot-start.ts";

const minute = 60_000;
const now = Date.parse("2026-11-22T23:10:00Z");
const slot = { expiresAt: now + 60 * minute, late: false, reason: null };
const rule = { enabled: true, pausedUntil: null, onMissed: "catch-up", onOverlap: "wait", nextAt: now + 24 * 60 * minute } as const;
const facts = { now, slot, rule, isSourcePaused: false, isBlocked: false, isCovered: false, hasSuccessor: false, hasWorker: true };

describe("a waiting slot", () => {
  it("starts when nothing stands in its way, and forgets what it waited for", () => {
    expect(decideStart(facts)).toMatchObject({ act: "start", late: false, reason: null });
    expect(decideStart({ ...facts, slot: { ...slot, reason: "run-active" } })).toMatchObject({ act: "start", late: false, reason: null });
    expect(decideStart({ ...facts, slot: { ...slot, late: true, reason: "not-running" } })).toMatchObject({
      late: true,
      reason: "not-running",
    });
  });

  it("waits for an earlier run, or is skipped, as the schedule says", () => {
    expect(decideStart({ ...facts, isBlocked: true })).toMatchObject({ act: "wait", reason: "run-active", late: false });
    expect(decideStart({ ...facts, isBlocked: true, rule: { ...rule, onOverlap: "skip" } })).toEqual({
      act: "settle",
      state: "skipped",
      reason: "run-active",
    });
  });

  it("whose window ended while an earlier run went on is caught up once, late, until the next one; or missed", () => {
    const over = { expiresAt: now - 1, late: false, reason: "run-active" } as const;
    expect(decideStart({ ...facts, slot: over, isBlocked: true })).toEqual({
      act: "wait",
      late: true,
      expiresAt: rule.nextAt,
      reason: "run-active",
    });
    expect(decideStart({ ...facts, slot: over })).toEqual({ act: "start", late: true, expiresAt: rule.nextAt, reason: "run-active" });
    expect(decideStart({ ...facts, slot: over, rule: { ...rule, onMissed: "skip" } })).toEqual({
      act: "settle",
      state: "missed",
      reason: "run-active",
    });
    // The next one has come: it stands for both.
    expect(decideStart({ ...facts, slot: over, rule: { ...rule, nextAt: now } })).toMatchObject({ state: "missed" });
    // Once only.
    expect(decideStart({ ...facts, slot: { ...over, late: true } })).toMatchObject({ state: "missed", reason: "run-active" });
    expect(decideStart({ ...facts, slot: over, rule: { ...rule, nextAt: null } })).toMatchObject({ expiresAt: now + longestWaitMs });
  });

  it("whose successor has come is missed, whether it could start now or not", () => {
    const waiting = { ...slot, reason: "run-active" } as const;
    const missed = { act: "settle", state: "missed", reason: "run-active" };
    expect(decideStart({ ...facts, slot: waiting, hasSuccessor: true })).toEqual(missed);
    expect(decideStart({ ...facts, slot, hasSuccessor: true, isBlocked: true })).toEqual(missed);
    expect(decideStart({ ...facts, slot: { ...waiting, expiresAt: now }, hasSuccessor: true, isBlocked: true })).toEqual(missed);
    expect(decideStart({ ...facts, slot, hasSuccessor: true })).toMatchObject({ state: "missed", reason: "window-over" });
  });

  it("that a stronger catch-up stands for stays missed, with its reason", () => {
    const late = { ...slot, late: true, reason: "not-running" } as const;
    expect(decideStart({ ...facts, slot: late, isCovered: true })).toEqual({ act: "settle", state: "missed", reason: "not-running" });
  });

  it("of a schedule or source that is paused, off or gone is skipped", () => {
    const skipped = (reason: string) => ({ act: "settle", state: "skipped", reason });
    expect(decideStart({ ...facts, rule: null })).toEqual(skipped("paused"));
    expect(decideStart({ ...facts, rule: { ...rule, enabled: false } })).toEqual(skipped("paused"));
    expect(decideStart({ ...facts, rule: { ...rule, pausedUntil: now + 1 } })).toEqual(skipped("paused"));
    expect(decideStart({ ...facts, rule: { ...rule, pausedUntil: now } })).toMatchObject({ act: "start" });
    expect(decideStart({ ...facts, isSourcePaused: true })).toEqual(skipped("source-paused"));
  });
});

describe("a slot whose run no worker takes", () => {
  const over = { ...slot, expiresAt: now };
  it("is missed at the end of its window, with the reason, unless it is caught up", () => {
    const strict = { ...rule, onMissed: "skip" } as const;
    expect(decideQueued({ now, slot: over, rule: strict, hasWorker: false, hasSuccessor: false })).toEqual({
      act: "settle",
      state: "missed",
      reason: "no-worker",
    });
    expect(decideQueued({ now, slot: over, rule: strict, hasWorker: true, hasSuccessor: false })).toEqual({
      act: "settle",
      state: "missed",
      reason: "window-over",
    });
    expect(decideQueued({ now, slot: over, rule, hasWorker: false, hasSuccessor: false })).toEqual({
      act: "put-back",
      late: true,
      expiresAt: rule.nextAt,
      reason: "no-worker",
    });
    expect(decideQueued({ now, slot: over, rule, hasWorker: true, hasSuccessor: false })).toMatchObject({ act: "wait", late: true });
    expect(
      decideQueued({ now, slot: { ...over, late: true, reason: "no-worker" }, rule, hasWorker: false, hasSuccessor: false }),
    ).toMatchObject({
      state: "missed",
    });
    expect(decideQueued({ now, slot: over, rule, hasWorker: true, hasSuccessor: true })).toMatchObject({ state: "missed" });
    expect(decideQueued({ now, slot: over, rule: null, hasWorker: true, hasSuccessor: false })).toMatchObject({ state: "missed" });
  });
});

describe("a slot of a group without a worker", () => {
  const deserted = { ...slot, reason: "no-worker" } as const;
  it("gives its run up inside its window, whatever it waited for before, and keeps its window", () => {
    for (const onMissed of ["skip", "catch-up"] as const) {
      const before = { ...slot, reason: "not-running" } as const;
      expect(decideQueued({ now, slot: before, rule: { ...rule, onMissed }, hasWorker: false, hasSuccessor: false })).toEqual({
        act: "put-back",
        late: false,
        expiresAt: slot.expiresAt,
        reason: "no-worker",
      });
    }
  });

  it("starts once a worker is there, and no run before", () => {
    expect(decideStart({ ...facts, slot: deserted, hasWorker: false })).toEqual({ act: "wait", ...deserted });
    expect(decideStart({ ...facts, slot: deserted })).toMatchObject({ act: "start", late: false, reason: null });
    // One that nobody gave up yet starts: its worker may be about to.
    expect(decideStart({ ...facts, hasWorker: false })).toMatchObject({ act: "start" });
  });

  it("is missed at the end of its window, or by its successor", () => {
    const missed = { act: "settle", state: "missed", reason: "no-worker" };
    const over = { ...deserted, expiresAt: now };
    expect(decideStart({ ...facts, slot: over, rule: { ...rule, onMissed: "skip" }, hasWorker: false })).toEqual(missed);
    expect(decideStart({ ...facts, slot: { ...over, late: true }, hasWorker: false })).toEqual(missed);
    expect(decideStart({ ...facts, slot: deserted, hasWorker: false, hasSuccessor: true })).toEqual(missed);
  });
});

describe("a slot whose run has ended", () => {
  const retrying = { retries: 3, retryMinutes: 5 };
  const end = (attempt: number, state: "succeeded" | "failed" | "cancelled" = "failed", expiresAt = now + 24 * 60 * minute) =>
    decideEnd({ run: { state, finishedAt: now }, slot: { attempt, expiresAt }, rule: retrying });

  it("is done by a run that succeeded", () => {
    expect(end(0, "succeeded")).toEqual({ state: "done" });
    expect(end(3, "succeeded", now - 1)).toEqual({ state: "done" });
  });

  it("is tried again after 5, 10 and 20 minutes, then failed", () => {
    expect([0, 1, 2, 3].map((attempt) => end(attempt))).toEqual([
      { state: "waiting", startAt: now + 5 * minute },
      { state: "waiting", startAt: now + 10 * minute },
      { state: "waiting", startAt: now + 20 * minute },
      { state: "failed" },
    ]);
  });

  it("is not tried again beyond its window, after somebody cancelled it, or when its schedule is gone", () => {
    expect(end(0, "failed", now + 5 * minute)).toEqual({ state: "failed" });
    expect(end(0, "cancelled")).toEqual({ state: "failed" });
    expect(decideEnd({ run: { state: "failed", finishedAt: now }, slot: { attempt: 0, expiresAt: now + 1e9 }, rule: null })).toEqual({
      state: "failed",
    });
  });
});

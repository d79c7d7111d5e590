import { describe, expect, it } from "vitest";
import type { RunStepDto } from "#lib/contracts/runs";
import { elapsedMs, meanRate, progressShare, waterfall } from "./run-progress.ts";

const now = new Date("2026-11-21T02:00:20.000Z");
const at = (second: number): string => new Date(Date.parse("2026-11-21T02:00:00.000Z") + second * 1000).toISOString();
const none = { bytesDone: 0, bytesTotal: null, bytesPerSecond: 0, tablesDone: 0, tablesTotal: null, currentTable: null, secondsLeft: null };

function step(code: RunStepDto["code"], startedAt: string | null, finishedAt: string | null): RunStepDto {
  return { code, state: finishedAt ? "done" : startedAt ? "running" : "pending", startedAt, finishedAt, facts: {}, error: null };
}

describe("progress", () => {
  it("is unknown without an honest total", () => {
    expect(progressShare({ ...none, bytesDone: 500 })).toBeNull();
    expect(progressShare({ ...none, bytesDone: 500, bytesTotal: 0 })).toBeNull();
  });

  it("stays at all of it when the estimate was too small", () => {
    expect(progressShare({ ...none, bytesDone: 300, bytesTotal: 200 })).toBe(1);
    expect(progressShare({ ...none, bytesDone: 50, bytesTotal: 200 })).toBe(0.25);
  });

  it("counts waiting time until the start, then running time", () => {
    expect(elapsedMs({ queuedAt: at(0), startedAt: null, finishedAt: null }, now)).toBe(20_000);
    expect(elapsedMs({ queuedAt: at(0), startedAt: at(5), finishedAt: at(12) }, now)).toBe(7000);
  });

  it("gives a mean rate only where bytes flowed", () => {
    const times = { queuedAt: at(0), startedAt: at(0), finishedAt: at(10) };
    expect(meanRate({ ...times, progress: { ...none, bytesDone: 1000 } }, now)).toBe(100);
    expect(meanRate({ ...times, progress: none }, now)).toBeNull();
  });
});

describe("the waterfall", () => {
  it("lays steps over one axis", () => {
    const bars = waterfall([step("prepare", at(0), at(2)), step("dump", at(2), at(8)), step("publish", at(8), at(10))], at(10), now);
    expect(bars.map(({ offset, width, durationMs }) => [offset, width, durationMs])).toEqual([
      [0, 0.2, 2000],
      [0.2, 0.6, 6000],
      [0.8, 0.2, 2000],
    ]);
  });

  it("lets the running step grow until now and leaves pending ones empty", () => {
    const bars = waterfall([step("prepare", at(0), at(10)), step("dump", at(10), null), step("publish", null, null)], null, now);
    expect(bars[1]).toMatchObject({ offset: 0.5, width: 0.5, durationMs: 10_000 });
    expect(bars[2]).toMatchObject({ offset: 0, width: 0, durationMs: null });
  });

  it("draws nothing before the first step", () => {
    expect(waterfall([step("prepare", null, null)], null, now)[0]).toMatchObject({ offset: 0, width: 0 });
  });
});

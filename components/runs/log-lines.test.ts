import { describe, expect, it } from "vitest";
import type { RunLogLineDto } from "#lib/contracts/runs";
import { appendLines } from "./log-lines.ts";

const line = (seq: number): RunLogLineDto => ({ seq, at: "2026-11-21T00:00:00.000Z", level: "info", text: `line ${seq}` });
const seqs = (lines: readonly RunLogLineDto[]): number[] => lines.map(({ seq }) => seq);

describe("the lines of a log", () => {
  it("are kept once, whoever brought them", () => {
    expect(seqs(appendLines([line(1), line(2)], [line(2), line(3)]))).toEqual([1, 2, 3]);
  });

  it("stay the same list when nothing is new", () => {
    const kept = [line(1)];
    expect(appendLines(kept, [line(1)])).toBe(kept);
  });

  it("are bounded: the oldest go first", () => {
    expect(seqs(appendLines([line(1), line(2)], [line(3), line(4)], 3))).toEqual([2, 3, 4]);
  });
});

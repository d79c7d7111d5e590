import { describe, expect, it } from "vitest";
import { findSystemProblems, type ProblemWorker, type SystemFacts } from "./system-problems.ts";

const set = {
  major: 15,
  version: "15.20",
  path: "/bin15",
  tools: ["pg_dump", "pg_restore"],
  cure: null,
  safeMinimum: "15.20",
  belowSafeMinimum: false,
};
const worker: ProblemWorker = {
  alive: true,
  group: "default",
  toolSets: [set],
  disks: [{ purpose: "backups", path: "/backups", freeBytes: 10e9 }],
};
const codes = (change: Partial<SystemFacts>) =>
  findSystemProblems({ groups: ["default"], workers: [worker], largestBackupBytes: null, ...change }).map((problem) => problem.code);

describe("findSystemProblems", () => {
  it("finds nothing where all is well", () => {
    expect(codes({})).toEqual([]);
  });

  it("names every group without a living worker", () => {
    expect(codes({ groups: ["default", "berlin"], workers: [{ ...worker, alive: false }] })).toEqual(["no-worker", "no-worker"]);
  });

  it("does not judge what a dead worker said", () => {
    expect(codes({ groups: [], workers: [{ ...worker, alive: false, toolSets: [], disks: [] }] })).toEqual([]);
  });

  it("puts missing tools first and known flaws last, each once", () => {
    const unsafe = { ...set, version: "15.3", belowSafeMinimum: true };
    const full = { ...worker, toolSets: [unsafe], disks: [{ purpose: "temporary", path: "/tmp", freeBytes: 1e6 }] };
    expect(codes({ workers: [full, full, { ...worker, toolSets: [] }] })).toEqual(["tool-missing", "no-space", "tool-below-safe-minimum"]);
  });

  it("calls a disk full when the largest backup would not fit again", () => {
    expect(codes({ largestBackupBytes: 9e9 })).toEqual([]);
    expect(codes({ largestBackupBytes: 11e9 })).toEqual(["no-space"]);
  });
});

import { describe, expect, it } from "vitest";
import { type BackupPlanFacts, findBlockers, toolSetFor, type WorkerFacts } from "./blockers.ts";

const worker: WorkerFacts = {
  alive: true,
  group: "default",
  toolSets: [{ major: 15, version: "15.20", path: "/usr/lib/postgresql/15/bin", tools: ["pg_dump", "pg_restore"], cure: null }],
  disks: [{ purpose: "backups", path: "/backups", freeBytes: 10e9 }],
};
const fine: BackupPlanFacts = {
  sourceName: "Shop",
  paused: false,
  engine: "postgres",
  group: "default",
  serverVersion: "15.20",
  lastCheckError: null,
  sizeBytes: 1e6,
  last: null,
  workers: [worker],
};
const codes = (change: Partial<BackupPlanFacts>) => findBlockers({ ...fine, ...change }).map((reason) => reason.code);

describe("findBlockers", () => {
  it("finds nothing where a worker with fitting tools and room is alive", () => {
    expect(codes({})).toEqual([]);
    expect(toolSetFor(fine)?.version).toBe("15.20");
  });

  it("names a pause, a missing worker and the last check's failure, together", () => {
    const lastCheckError = { code: "password-wrong", params: { user: "backup" } } as const;
    expect(codes({ paused: true, workers: [{ ...worker, alive: false }], lastCheckError })).toEqual([
      "source-paused",
      "no-worker",
      "password-wrong",
    ]);
  });

  it("does not count a worker of another group", () => {
    expect(codes({ workers: [{ ...worker, group: "berlin" }] })).toEqual(["no-worker"]);
  });

  it("tells missing tools from old ones", () => {
    expect(codes({ workers: [{ ...worker, toolSets: [] }] })).toEqual(["tool-missing"]);
    expect(findBlockers({ ...fine, serverVersion: "17.2" })).toEqual([
      { code: "tool-too-old", params: { tool: "pg_dump", found: "15.20", needed: "17", install: "none" } },
    ]);
  });

  it("says how much room is missing, by the last backup's size rather than the database's", () => {
    expect(codes({ sizeBytes: 100e9 })).toEqual(["no-space"]);
    expect(codes({ sizeBytes: 100e9, last: { streamBytes: 5e9, storedBytes: 1e9 } })).toEqual([]);
    expect(codes({ last: { streamBytes: 50e9, storedBytes: 11e9 } })).toEqual(["no-space"]);
  });
});

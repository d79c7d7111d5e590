import { describe, expect, it } from "vitest";
import type { OverviewDto } from "#lib/contracts/system";
import type { RunDetailDto } from "#lib/contracts/runs";
import { noProgress as progress } from "#lib/services/runs/start";
import { overviewLines } from "./commands/status.ts";
import { pick } from "./find.ts";
import { progressOf } from "./follow-run.ts";

describe("the line of progress", () => {
  const step = { code: "load" as const, state: "running" as const, startedAt: null, finishedAt: null, facts: {}, error: null };
  const line = (change: Partial<RunDetailDto["progress"]>, steps: RunDetailDto["steps"] = [step]) =>
    progressOf({ type: "restore", state: "running", steps, progress: { ...progress, ...change } });

  it("has what is known, and nothing that is not", () => {
    expect(line({})).toBe("restore: load");
    expect(line({}, [])).toBe("restore");
    expect(line({ tablesDone: 3, tablesTotal: 12 })).toMatch(/^restore: load {2}\[#{7}-{21}\] {2}25 % {2}3 of 12$/);
    expect(line({ bytesDone: 2048 })).toMatch(/^restore: load {2}2\.0.KiB$/);
    expect(line({ bytesDone: 1024, bytesTotal: 4096, secondsLeft: 8 })).toMatch(/ 25 % {2}1\.0.KiB of 4\.0.KiB {2}10.s left$/);
    expect(line({ bytesDone: 4096, bytesTotal: 4096, secondsLeft: 8 })).toMatch(/4\.0.KiB of 4\.0.KiB$/);
    expect(progressOf({ type: "restore", state: "queued", steps: [], progress })).toBe("restore  waiting for a worker");
  });
});

describe("the overview's lines", () => {
  const need = {
    sourceId: null,
    sourceName: null,
    sourceEngine: null,
    runId: null,
    backupId: null,
    drillId: null,
    incidentId: null,
    incidentNumber: null,
    incidentTitle: null,
    incidentKind: null,
    restoreId: null,
    database: null,
    group: null,
    keptName: null,
    since: null,
  };
  const lines = (change: Partial<OverviewDto["needsYou"][number]>) => {
    const verdict = { level: "bad", code: "tools-missing", sources: 1, affected: 1, proven: 0 } as unknown as OverviewDto["verdict"];
    return overviewLines({ verdict, needsYou: [{ ...need, code: "tools-missing", ...change }], running: [] }).slice(1);
  };

  it("name the source where there is one, as the page does", () => {
    expect(lines({})).toEqual(["- PostgreSQL client tools are missing"]);
    expect(lines({ sourceName: "shop" })).toEqual(["- Client tools for shop are missing"]);
    expect(lines({ code: "no-worker", group: "office" })).toEqual([expect.stringContaining("“office”")]);
  });
});

it("a name that is not known is told with those that are, each in quotes: names of policies have commas", () => {
  const items = ["14 days, 8 weeks", "The last 20"].map((name) => ({ id: name, name }));
  expect(() => pick("policy", items, "x")).toThrow(
    expect.objectContaining({ hint: 'There are: "14 days, 8 weeks", "The last 20".' }) as Error,
  );
});

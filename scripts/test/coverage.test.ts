import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

type Outcome = { passed: number; failed: number; skipped: number; notes: string[] };
const { countCoverage } = (await import(new URL("coverage.mjs", import.meta.url).href)) as {
  countCoverage: (summaryPath: string, root: string) => Outcome;
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lifeboat-coverage-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** `files`: path, covered lines, all lines. */
function summaryOf(...files: [string, number, number][]): string {
  const path = join(folder, "summary.json");
  const entries = files.map(([file, covered, total]) => [`/repo/${file}`, { lines: { covered, total } }]);
  writeFileSync(path, JSON.stringify({ total: { lines: { covered: 1, total: 1 } }, ...Object.fromEntries(entries) }));
  return path;
}

test("each folder counts for itself, and one at the limit has failed", () => {
  const path = summaryOf(
    ["lib/domain/a.ts", 96, 100],
    ["lib/repository/a.ts", 100, 100],
    ["lib/repository/b.ts", 90, 100],
    ["lib/engines/postgres/a.ts", 1, 50],
    ["lib/engines/port.ts", 1999, 2000],
    ["lib/engines-other/a.ts", 0, 9000],
  );
  const { passed, failed, notes } = countCoverage(path, "/repo");
  expect([passed, failed]).toEqual([2, 1]);
  expect(notes).toEqual([
    "lib/domain        96.0 % of 100 lines",
    "lib/repository    95.0 % of 200 lines, wanted: more than 95 %",
    "  lib/repository/b.ts: 10 lines",
    "lib/engines       97.6 % of 2050 lines",
  ]);
});

test("a folder without files and a missing summary have failed", () => {
  expect(countCoverage(summaryOf(["lib/domain/a.ts", 10, 10]), "/repo")).toMatchObject({ passed: 1, failed: 2 });
  expect(countCoverage(join(folder, "none.json"), "/repo")).toMatchObject({ passed: 0, failed: 1 });
});

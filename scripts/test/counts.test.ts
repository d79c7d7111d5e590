import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, describe, expect, test } from "vitest";

type Outcome = { passed: number; failed: number; skipped: number; notes: string[] };
type Counts = {
  countVitest: (path: string, exitCode: number, forbidsSkippedPostgres17: boolean) => Outcome;
  countPlaywright: (path: string, exitCode: number) => Outcome;
};

const script = pathToFileURL(fileURLToPath(new URL("counts.mjs", import.meta.url))).href;
const { countVitest, countPlaywright } = (await import(script)) as Counts;
const folder = mkdtempSync(join(tmpdir(), "lifeboat-counts-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function report(content: unknown): string {
  const path = join(folder, "report.json");
  writeFileSync(path, JSON.stringify(content));
  return path;
}

const file = (statuses: string[], status = "passed") => ({
  name: "a.test.ts",
  status,
  message: "",
  assertionResults: statuses.map((each) => ({ status: each, fullName: `on PostgreSQL 17 works` })),
});

describe("the counts of a test run", () => {
  test("add up over files", () => {
    const path = report({ testResults: [file(["passed", "passed"]), file(["failed", "pending", "todo"], "failed")] });
    expect(countVitest(path, 1, false)).toMatchObject({ passed: 2, failed: 1, skipped: 2 });
  });

  test("take a file that could not be loaded for a failure", () => {
    expect(countVitest(report({ testResults: [file([], "failed")] }), 1, false)).toMatchObject({ passed: 0, failed: 1 });
  });

  test("take an error outside of any test for a failure", () => {
    expect(countVitest(report({ testResults: [file(["passed"])] }), 1, false)).toMatchObject({ passed: 1, failed: 1 });
  });

  test("take a missing report for a failure", () => {
    expect(countVitest(join(folder, "none.json"), 0, false)).toMatchObject({ failed: 1 });
    expect(countPlaywright(join(folder, "none.json"), 0)).toMatchObject({ failed: 1 });
  });

  test("do not let CI skip PostgreSQL 17", () => {
    const path = report({ testResults: [file(["skipped"])] });
    expect(countVitest(path, 0, true)).toMatchObject({ failed: 1, skipped: 0 });
    expect(countVitest(path, 0, false)).toMatchObject({ failed: 0, skipped: 1 });
  });

  test("take a journey that passed only on a second try for a failure", () => {
    const path = report({ stats: { expected: 4, unexpected: 1, flaky: 1, skipped: 2 }, suites: [] });
    expect(countPlaywright(path, 1)).toMatchObject({ passed: 4, failed: 2, skipped: 2 });
  });

  test("name what failed, and why, without colours", () => {
    const failed = {
      ...file(["failed"], "failed"),
      assertionResults: [{ status: "failed", fullName: "adds", failureMessages: ["\u001B[31m1 is not 2\u001B[39m"] }],
    };
    expect(countVitest(report({ testResults: [failed] }), 1, false).notes).toEqual(["failed: adds", "    1 is not 2"]);
    const specs = [{ title: "clicks", ok: false, tests: [{ status: "unexpected", results: [{ error: { message: "no button" } }] }] }];
    const suites = [{ title: "a.e2e.ts", suites: [{ title: "signed in", specs }] }];
    const journeys = countPlaywright(report({ stats: { expected: 0, unexpected: 1, flaky: 0, skipped: 0 }, suites }), 1);
    expect(journeys.notes).toEqual(["failed: signed in › clicks", "    no button"]);
  });

  test("show the page on which a journey failed, without its secrets", () => {
    const lines = [
      "http://127.0.0.1:1/tokens",
      "- link:",
      "  - /url: /secret",
      "- main:",
      `  - textbox "Token": lb_${"a1".repeat(20)}`,
      '  - button "Import" [disabled]',
    ];
    const attachments = [
      { name: "screenshot", path: join(folder, "none.png") },
      { name: "page", body: Buffer.from(lines.join("\n")).toString("base64") },
    ];
    const specs = [{ title: "clicks", ok: false, tests: [{ results: [{ error: { message: "no button" }, attachments }] }] }];
    const stats = { expected: 0, unexpected: 1, flaky: 0, skipped: 0 };
    const { notes } = countPlaywright(report({ stats, suites: [{ title: "a.e2e.ts", specs }] }), 1);
    expect(notes.slice(2)).toEqual([
      "    the page: http://127.0.0.1:1/tokens",
      "    - main:",
      '      - textbox "Token": …',
      '      - button "Import" [disabled]',
    ]);
  });
});

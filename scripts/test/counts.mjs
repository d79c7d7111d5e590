import { readFileSync } from "node:fs";

/** What one part of the tests came to. `notes` are lines to print. */
export function outcome(passed, failed, skipped, notes = []) {
  return { passed, failed, skipped, notes };
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}

const linesOfAFailure = 12;

/** A failed test by name with the head of its message: what is printed last is what is read, and sometimes all that is kept. */
function failureLines(name, message) {
  // oxlint-disable-next-line no-control-regex
  const plain = String(message ?? "").replaceAll(/\u001B\[[0-9;]*m/g, "");
  return [
    `failed: ${name}`,
    ...plain
      .split("\n")
      .slice(0, linesOfAFailure)
      .map((line) => `    ${line.slice(0, 300)}`),
  ];
}

const linesOfAPage = 80;

/**
 * What the page showed when a journey failed, as its accessibility tree from the open dialog or `main` on: the machine that ran it is
 * gone with its screenshots. Long words (ids, and above all tokens and passwords) are left out.
 */
function pageLines(attachments = []) {
  return attachments.filter(({ name, body }) => name === "page" && body !== undefined).flatMap(({ body }) => linesOfPage(body));
}

function linesOfPage(base64) {
  const [address, ...lines] = Buffer.from(base64, "base64")
    .toString("utf8")
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^\s*- (?:\/url|img)/.test(line))
    .map((line) => line.replaceAll(/[\w-]{24,}/g, "…").slice(0, 200));
  const dialog = lines.findLastIndex((line) => /^\s*- (?:alert)?dialog\b/.test(line));
  const start = dialog === -1 ? lines.findIndex((line) => /^\s*- main\b/.test(line)) : dialog;
  const shown = lines.slice(Math.max(start, 0), Math.max(start, 0) + linesOfAPage);
  return [`    the page: ${address}`, ...shown.map((line) => `    ${line}`)];
}

const finalStates = { passed: "passed", failed: "failed" };

/**
 * Counts out of Vitest's JSON report. A file that could not be loaded has no tests and counts as one failure; so does a run that
 * ended badly with nothing failed (an error outside any test), or without a report.
 */
export function countVitest(path, exitCode, forbidsSkippedPostgres17) {
  const report = readJson(path);
  if (report === null) return outcome(0, 1, 0, ["Vitest left no report"]);
  const result = outcome(0, 0, 0);
  for (const file of report.testResults) {
    if (file.assertionResults.length === 0 && file.status === "failed") {
      result.failed += 1;
      result.notes.push(`${file.name}: ${file.message}`);
    }
    for (const test of file.assertionResults) {
      const state = finalStates[test.status] ?? "skipped";
      if (state === "failed") result.notes.push(...failureLines(test.fullName, test.failureMessages?.[0]));
      if (state === "skipped" && forbidsSkippedPostgres17 && test.fullName.includes("PostgreSQL 17")) {
        result.failed += 1;
        result.notes.push(`skipped, which CI does not allow: ${test.fullName}`);
      } else {
        result[state] += 1;
      }
    }
  }
  return badEnd(result, exitCode, "Vitest");
}

/** Counts out of Playwright's JSON report; a test that passed only on a second try has failed. */
export function countPlaywright(path, exitCode) {
  const report = readJson(path);
  if (report === null) return outcome(0, 1, 0, ["Playwright left no report"]);
  const { expected, unexpected, flaky, skipped } = report.stats;
  const bad = report.suites.flatMap((suite) => failedSpecs(suite));
  const notes = bad.flatMap(({ title, result }) => failureLines(title, result?.error?.message).concat(pageLines(result?.attachments)));
  return badEnd(outcome(expected, unexpected + flaky, skipped, notes), exitCode, "Playwright");
}

function failedSpecs(suite) {
  const own = (suite.specs ?? []).filter((spec) => !spec.ok || spec.tests.some((test) => test.status === "flaky"));
  const results = own.map((spec) => ({
    title: `${suite.title} › ${spec.title}`,
    result: spec.tests.flatMap((test) => test.results).find((each) => each.error !== undefined),
  }));
  return [...results, ...(suite.suites ?? []).flatMap((inner) => failedSpecs(inner))];
}

function badEnd(result, exitCode, tool) {
  if (exitCode !== 0 && result.failed === 0) {
    result.failed = 1;
    result.notes.push(`${tool} ended with ${exitCode} although no test failed: the error stands above`);
  }
  return result;
}

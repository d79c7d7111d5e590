// `npm test`: everything, on a fresh clone. Plain JavaScript without dependencies. `--only a,b` runs some parts.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findNode24 } from "./find-node24.mjs";
import { installPackages } from "./install-packages.mjs";
import { countPlaywright, countVitest, outcome } from "./test/counts.mjs";
import { countCoverage } from "./test/coverage.mjs";
import { watchNpm } from "./watch-npm.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const isCi = process.env.CI === "true" || process.env.CI === "1";
const fetched17 = "/var/cache/lifeboat/postgresql-17";
const names = ["format", "lint", "types", "unit", "int", "coverage", "e2e"];

const only = process.argv.find((argument) => argument.startsWith("--only="))?.slice("--only=".length) ?? valueAfter("--only");
const selected = only === undefined ? names : only.split(",").map((name) => name.trim());
const unknown = selected.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`Unknown part: ${unknown.join(", ")}. There are: ${names.join(", ")}`);
  process.exit(1);
}

const measures = selected.includes("coverage");
if (measures && !(selected.includes("unit") && selected.includes("int"))) {
  console.error("Coverage is what unit and int reach together: --only unit,int,coverage");
  process.exit(1);
}

let current = null;
let ending = false;
function end(signal) {
  ending = true;
  current?.kill(signal);
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => end(signal));
watchNpm(() => end("SIGTERM"));

function valueAfter(flag) {
  const index = process.argv.indexOf(flag);
  return index === -1 ? undefined : process.argv[index + 1];
}

function run(command, args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, ...env } });
    current = child;
    child.once("error", (error) => {
      console.error(`${command} could not be started: ${error.message}`);
      resolve(1);
    });
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

/** Programs that the selected parts need beside the npm packages. False, after the reason was printed, when one is missing. */
async function prepareMachine() {
  const needsDatabase = selected.includes("int") || selected.includes("e2e");
  if (!needsDatabase) return true;
  const wanted = ["postgresql", "zstd", "openssl", "poppler-utils", ...(selected.includes("e2e") ? ["chromium"] : [])];
  if ((await run("bash", ["scripts/test/install-system-packages.sh", ...wanted])) !== 0) return false;
  const canFetch17 =
    process.getuid?.() === 0 && existsSync("/usr/bin/apt-get") && existsSync("/usr/share/keyrings/debian-archive-keyring.gpg");
  const has17 = existsSync("/usr/lib/postgresql/17/bin/initdb") || existsSync(join(fetched17, "complete"));
  if (!has17 && canFetch17 && (await run("bash", ["scripts/test/fetch-postgres-17.sh", fetched17])) !== 0) {
    console.error("PostgreSQL 17 could not be fetched: its tests are skipped (in CI that is a failure).");
  }
  return true;
}

if (!(await installPackages(root, (child) => (current = child))) || ending) process.exit(1);
const node = findNode24(root);
if (node === null) {
  console.error(
    "The tests need Node.js 24.7 or newer, and there is no packaged one for this platform. Install it (macOS: brew install node@24).",
  );
  process.exit(1);
}
if (!(await prepareMachine()) || ending) process.exit(1);

const reports = mkdtempSync(join(tmpdir(), "lifeboat-reports-"));
const childEnv = { PATH: `${dirname(node)}:${process.env.PATH}`, NEXT_TELEMETRY_DISABLED: "1" };
const bin = (name) => join(root, "node_modules", ".bin", name);

async function simple(command, args) {
  return (await run(node, [bin(command), ...args], childEnv)) === 0 ? outcome(1, 0, 0) : outcome(0, 1, 0);
}

async function vitest(project) {
  const report = join(reports, `${project}.json`);
  const args = ["run", "--project", project, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  if (measures) args.push("--reporter=blob", `--outputFile.blob=${join(reports, "blobs", `${project}.json`)}`, ...coverageInto(project));
  return countVitest(report, await run(node, [bin("vitest"), ...args], childEnv), isCi);
}

function coverageInto(name) {
  return ["--coverage.enabled", `--coverage.reportsDirectory=${join(reports, `coverage-${name}`)}`];
}

async function coverage() {
  const quiet = ["--reporter=json", `--outputFile.json=${join(reports, "both.json")}`];
  const args = ["run", `--merge-reports=${join(reports, "blobs")}`, ...quiet, ...coverageInto("both")];
  // Failed tests end it badly too, and are counted where they ran.
  await run(node, [bin("vitest"), ...args], childEnv);
  return countCoverage(join(reports, "coverage-both", "coverage-summary.json"), root.replace(/\/$/, ""));
}

async function playwright() {
  const report = join(reports, "e2e.json");
  const args = ["test", "--reporter=list,json", "--pass-with-no-tests"];
  const env = {
    ...childEnv,
    PLAYWRIGHT_JSON_OUTPUT_FILE: report,
    PLAYWRIGHT_JSON_OUTPUT_NAME: report,
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: "1",
  };
  return countPlaywright(report, await run(node, [bin("playwright"), ...args], env));
}

const parts = {
  format: () => simple("oxfmt", ["--check", "."]),
  lint: () => simple("oxlint", ["--type-aware"]),
  types: () => simple("tsc", ["-p", "."]),
  unit: () => vitest("unit"),
  int: () => vitest("int"),
  coverage,
  e2e: playwright,
};

const total = { passed: 0, failed: 0, skipped: 0 };
const lines = [];
for (const name of names.filter((candidate) => selected.includes(candidate))) {
  if (ending) break;
  const startedAt = Date.now();
  console.log(`\n── ${name} ──`);
  const result = await parts[name]();
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  for (const kind of ["passed", "failed", "skipped"]) total[kind] += result[kind];
  lines.push(`${name.padEnd(8)}${seconds.padStart(7)} s   ${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped`);
  lines.push(...result.notes.map((note) => `          ${note}`));
}
rmSync(reports, { recursive: true, force: true });

if (ending) lines.push("stopped before the end");
const isGood = total.failed === 0 && total.passed > 0 && !ending;
console.log(`\n${lines.join("\n")}\n`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(isGood ? 0 : 1);

import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync, copyFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { runTool } from "#lib/exec/run-tool";

const root = fileURLToPath(new URL("..", import.meta.url));
let folder: string;

// A run of oxlint takes a second, and minutes where other work has the machine.
vi.setConfig({ testTimeout: 330_000 });

/** A little project beside ours, under our own configuration: a rule that is switched off there fires nowhere. */
beforeAll(() => {
  folder = mkdtempSync("/tmp/lifeboat-lint-");
  for (const file of [".oxlintrc.json", "tsconfig.json", "package.json"]) copyFileSync(join(root, file), join(folder, file));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function rulesBrokenIn(path: string, code: string): Promise<string[]> {
  const file = join(folder, path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, code);
  const args = [join(root, "node_modules", ".bin", "oxlint"), "--type-aware", "--format=json", path];
  const result = await runTool({ file: process.execPath, args, cwd: folder, timeoutMs: 300_000, maxOutputBytes: 1_000_000 });
  rmSync(file);
  const report = JSON.parse(result.stdout) as { diagnostics: { code: string; severity: string }[] };
  const errors = report.diagnostics.filter((diagnostic) => diagnostic.severity === "error");
  expect(result.exitCode).toBe(errors.length > 0 ? 1 : 0);
  return errors.map((diagnostic) => diagnostic.code);
}

const save = "async function save(): Promise<number> {\n  return Promise.resolve(1);\n}\n";

test("a forgotten await is an error", async () => {
  const code = `${save}export async function backUp(): Promise<void> {\n  save();\n  await save();\n}\n`;
  expect(await rulesBrokenIn("lib/worker/forgotten.ts", code)).toEqual(["typescript(no-floating-promises)"]);
});

test("a promise where a yes or no is expected is an error", async () => {
  const code = `${save}export function isSaved(): string {\n  return save() ? "stored" : "not stored";\n}\n`;
  expect(await rulesBrokenIn("lib/worker/misused.ts", code)).toEqual(["typescript(no-misused-promises)"]);
});

test("an async callback that nobody waits for is an error", async () => {
  const code = `${save}export function saveAll(names: string[]): void {\n  // eslint-disable-next-line unicorn/no-array-for-each\n  names.forEach(async () => {\n    await save();\n  });\n}\n`;
  expect(await rulesBrokenIn("lib/worker/callback.ts", code)).toEqual(["typescript(no-misused-promises)"]);
});

test("awaited and deliberately returned promises are fine", async () => {
  const code = `${save}export async function backUp(): Promise<number> {\n  await save();\n  return save();\n}\n`;
  expect(await rulesBrokenIn("lib/worker/clean.ts", code)).toEqual([]);
});

test.each([
  [
    "client code that imports a service",
    "components/button.tsx",
    'import { createBackup } from "#lib/services/backups/run-now";\n\nexport const run = createBackup;\n',
  ],
  ["a layer beside lib/exec that starts programs", "lib/worker/tool.ts", 'import { execa } from "execa";\n\nexport const run = execa;\n'],
  ["a domain that reads files", "lib/domain/read.ts", 'import { readFileSync } from "node:fs";\n\nexport const run = readFileSync;\n'],
])("%s is an error", async (_what, path, code) => {
  expect(await rulesBrokenIn(path, code)).toEqual(["eslint(no-restricted-imports)"]);
});

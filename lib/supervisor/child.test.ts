import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { isAlive } from "#lib/clusters/postmaster-pid";
import { createLogger } from "#lib/log/log";
import { type Child, keepRunning } from "./child.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lifeboat-child-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function start(code: string, graceMs = 5000): { child: Child; said: string[]; pids: () => number[] } {
  const script = join(folder, "main.mjs");
  const pidFile = join(folder, "pids");
  writeFileSync(pidFile, "");
  writeFileSync(
    script,
    `import { appendFileSync } from "node:fs";\nappendFileSync(${JSON.stringify(pidFile)}, process.pid + "\\n");\n${code}`,
  );
  const said: string[] = [];
  const logger = createLogger("error", {}, () => undefined);
  const child = keepRunning({
    name: "worker",
    script,
    root: folder,
    env: {},
    output: "inherit",
    graceMs,
    logger,
    say: (line) => said.push(line),
  });
  onTestFinished(child.stop);
  return { child, said, pids: () => readFileSync(pidFile, "utf8").trim().split("\n").filter(Boolean).map(Number) };
}

test("a process that ends by itself is started again, and that is said", async () => {
  const { child, said, pids } = start("process.exit(3);");
  await expect.poll(() => pids().length).toBeGreaterThanOrEqual(2);
  expect(said[0]).toBe("The worker process ended by itself (exit code 3); starting it again in 1 s.");
  expect(child.crashes()).toBeGreaterThanOrEqual(1);
});

test("a stop asks first, and the process is not started again", async () => {
  const { child, said, pids } = start("process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000);");
  await expect.poll(() => pids().length).toBe(1);
  await child.stop();
  expect(pids()).toHaveLength(1);
  expect(isAlive(pids()[0] ?? 0)).toBe(false);
  expect(said).toEqual([]);
});

test("a process that does not listen is killed after its grace, with what it started", async () => {
  const grandchild = `import { spawn } from "node:child_process"; const child = spawn("sleep", ["600"]); appendFileSync(${JSON.stringify("PIDS")}, child.pid + "\\n");`;
  const code = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); ${grandchild}`.replace(
    '"PIDS"',
    JSON.stringify(join(folder, "pids")),
  );
  const { child, pids } = start(code, 300);
  await expect.poll(() => pids().length).toBe(2);
  await child.stop();
  await expect.poll(() => pids().map(isAlive)).toEqual([false, false]);
});

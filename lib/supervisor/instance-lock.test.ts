import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { takeInstanceLock } from "./instance-lock.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lifeboat-lock-"));
  path = join(folder, "lifeboat.lock");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a second start on the same folder is told who runs there", async () => {
  const release = await takeInstanceLock(path, folder);
  await expect(takeInstanceLock(path, folder)).rejects.toThrow(
    `Lifeboat already runs on ${folder} (process ${process.pid}). Stop it first`,
  );
  await release();
  expect(existsSync(path)).toBe(false);
});

test("the lock of a process that is gone is taken over", async () => {
  const child = spawn("sleep", ["60"]);
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
  writeFileSync(path, JSON.stringify({ pid: child.pid, startedAt: "Sun Nov 22 00:00:00 2026" }));
  const release = await takeInstanceLock(path, folder);
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ pid: process.pid });
  await release();
});

test("a number that now belongs to another process does not hold the lock", async () => {
  writeFileSync(path, JSON.stringify({ pid: process.pid, startedAt: "Thu Jan  1 00:00:00 1970" }));
  const release = await takeInstanceLock(path, folder);
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ pid: process.pid });
  await release();
});

test("of many starts at once exactly one gets the lock, however often they try", async () => {
  for (let round = 0; round < 20; round += 1) {
    writeFileSync(path, "not complete");
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => takeInstanceLock(path, folder)));
    const taken = results.filter((result) => result.status === "fulfilled");
    expect(taken).toHaveLength(1);
    await taken[0]?.value();
  }
});

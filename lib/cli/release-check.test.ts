import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { temporaryFolder } from "#lib/testing/temporary-folder";
import { runReleaseCheck } from "./release-check.ts";

/** A process that nobody has asked about since it ended counts as ended. */
function isAlive(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return false;
  const line = readFileSync(`/proc/${pid}/stat`, "utf8");
  return line.slice(line.lastIndexOf(")") + 2)[0] !== "Z";
}

it.each([
  ["gives up with it", "sleep 600 & echo $! > pid; wait"],
  ["would outlive it", "(trap '' TERM; while :; do sleep 0.1; done) & echo $! > pid; wait"],
  ["has left its group", "setsid sh -c 'echo $$ > pid; while :; do sleep 0.1; done' & wait"],
])("ends, when it is stopped, what the check has started and that %s", async (_what, script) => {
  const cwd = await temporaryFolder();
  const stop = new AbortController();
  const options = { cwd, gateId: `gat_${Date.now()}${Math.random()}`, deadlineMs: 60_000, output: "stdout", signal: stop.signal } as const;
  const ending = runReleaseCheck(["sh", "-c", script], options);
  const pidOf = () => Number(existsSync(join(cwd, "pid")) ? readFileSync(join(cwd, "pid"), "utf8") : "0");
  await expect.poll(pidOf, { timeout: 20_000 }).toBeGreaterThan(0);
  expect(isAlive(pidOf())).toBe(true);
  stop.abort();
  expect((await ending).exitCode).not.toBe(0);
  await expect.poll(() => isAlive(pidOf()), { timeout: 20_000 }).toBe(false);
});

it("does not tell the check's own calls of Lifeboat that they stand where the gate's caller stood", async () => {
  const cwd = await temporaryFolder();
  vi.stubEnv("LIFEBOAT_CALLER_DIR", "/elsewhere");
  const options = { cwd, gateId: "gat_x", deadlineMs: 60_000, output: "stdout", signal: new AbortController().signal } as const;
  await runReleaseCheck(["sh", "-c", 'printf %s "${LIFEBOAT_CALLER_DIR-nowhere}" > seen'], options);
  vi.unstubAllEnvs();
  expect(readFileSync(join(cwd, "seen"), "utf8")).toBe("nowhere");
});

it("does not tell them either that npm started them as it started the gate; another script of npm is the caller's own", async () => {
  const cwd = await temporaryFolder();
  const options = { cwd, gateId: "gat_x", deadlineMs: 60_000, output: "stdout", signal: new AbortController().signal } as const;
  const seen: string[] = [];
  for (const script of ["lifeboat", "deploy"]) {
    vi.stubEnv("npm_lifecycle_event", script);
    await runReleaseCheck(["sh", "-c", 'printf %s "${npm_lifecycle_event-none}" > seen'], options);
    seen.push(readFileSync(join(cwd, "seen"), "utf8"));
  }
  vi.unstubAllEnvs();
  expect(seen).toEqual(["none", "deploy"]);
});

it("leaves running what a check that ended by itself has left, and says that one ended at the deadline was", async () => {
  const cwd = await temporaryFolder();
  const options = { cwd, gateId: "gat_x", deadlineMs: 60_000, output: "stdout", signal: new AbortController().signal } as const;
  const script = "sleep 600 >/dev/null 2>&1 & echo $! > pid";
  expect(await runReleaseCheck(["sh", "-c", script], options)).toMatchObject({ exitCode: 0, why: "" });
  const pid = Number(readFileSync(join(cwd, "pid"), "utf8"));
  expect(isAlive(pid)).toBe(true);
  process.kill(pid, "SIGKILL");
  expect(await runReleaseCheck(["sleep", "600"], { ...options, deadlineMs: 100 })).toMatchObject({
    exitCode: 143,
    why: "it was ended at the gate's deadline",
  });
});

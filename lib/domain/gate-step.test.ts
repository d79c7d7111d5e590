import { describe, expect, it } from "vitest";
import { type GateFacts, type GateRun, nextGateStep } from "./gate-step.ts";

const startedAt = new Date("2026-11-22T12:00:00Z");
const deadlineAt = new Date("2026-11-22T14:00:00Z");
const inTime = new Date("2026-11-22T12:10:00Z");

const run = (state: GateRun["state"], change: Partial<GateRun> = {}): GateRun => ({ state, error: null, backupId: null, ...change });
const good = run("succeeded", { backupId: "bak_1" });
const damaged = run("failed", { error: { code: "pack-damaged", params: {} } });

function gate(change: Partial<GateFacts>): GateFacts {
  const none = { backupRun: null, verifyRun: null, checkRun: null, exitCode: null, hasBackup: true };
  return { state: "backing-up", checker: "none", startedAt, deadlineAt, ...none, ...change };
}

describe("a gate's next step", () => {
  it.each<[string, Partial<GateFacts>, object]>([
    ["its backup is started when nothing holds the source", {}, { do: "start-backup" }],
    ["its backup is waited for", { backupRun: run("queued") }, { do: "wait" }],
    ["what was backed up is verified", { backupRun: good }, { do: "start-verify", backupId: "bak_1" }],
    [
      "a verification that could not start is tried again",
      { state: "verifying", backupRun: good },
      { do: "start-verify", backupId: "bak_1" },
    ],
    ["the verification is waited for", { state: "verifying", backupRun: good, verifyRun: run("running") }, { do: "wait" }],
    ["without a check it has passed", { state: "verifying", backupRun: good, verifyRun: good }, { do: "pass" }],
    ["the caller is waited for", { state: "verifying", checker: "client", backupRun: good, verifyRun: good }, { do: "await-check" }],
    ["the worker's command is started", { state: "verifying", checker: "worker", backupRun: good, verifyRun: good }, { do: "start-check" }],
    ["a caller that tells nothing is waited for", { state: "checking", checker: "client" }, { do: "wait" }],
    ["a check that passed lets it pass", { state: "checking", checker: "client", exitCode: 0 }, { do: "pass" }],
    ["a command that runs is waited for", { state: "checking", checker: "worker", checkRun: run("running") }, { do: "wait" }],
    ["what is over stays so", { state: "failed", backupRun: good }, { do: "wait" }],
  ])("%s", (_, change, step) => {
    expect(nextGateStep(gate(change), inTime)).toEqual(step);
  });

  it.each<[string, Partial<GateFacts>, object]>([
    ["a failed backup", { backupRun: damaged }, { code: "gate-backup-failed", params: { code: "pack-damaged" } }],
    ["a cancelled backup", { backupRun: run("cancelled") }, { code: "gate-backup-failed", params: { code: "run-cancelled" } }],
    ["a backup run without a backup", { backupRun: run("succeeded") }, { code: "gate-backup-failed", params: { code: "internal" } }],
    ["a failed verification", { state: "verifying", verifyRun: damaged }, { code: "gate-verify-failed", params: { code: "pack-damaged" } }],
    [
      "a backup that is not there any more",
      { state: "checking", checker: "client", exitCode: 0, hasBackup: false },
      { code: "gate-backup-failed", params: { code: "backup-not-restorable" } },
    ],
    ["a failed check", { state: "checking", exitCode: 7 }, { code: "gate-check-failed", params: { exitCode: 7 } }],
    [
      "a check whose worker was lost",
      { state: "checking", checker: "worker", checkRun: run("failed", { error: { code: "worker-lost", params: { workerId: "w" } } }) },
      { code: "worker-lost", params: { workerId: "w" } },
    ],
  ])("%s stops the deployment", (_, change, error) => {
    expect(nextGateStep(gate(change), inTime)).toEqual({ do: "fail", error });
  });

  it("past its deadline goes no further and never passes, but a failure stays what it is", () => {
    const timeout = { do: "fail", error: { code: "gate-timeout", params: { minutes: 120 } } };
    expect(nextGateStep(gate({ backupRun: run("running") }), deadlineAt)).toEqual(timeout);
    expect(nextGateStep(gate({ state: "verifying", backupRun: good, verifyRun: good }), deadlineAt)).toEqual(timeout);
    expect(nextGateStep(gate({ state: "checking", checker: "client", exitCode: 0 }), deadlineAt)).toEqual(timeout);
    expect(nextGateStep(gate({ state: "checking", exitCode: 2 }), deadlineAt)).toMatchObject({ error: { code: "gate-check-failed" } });
    expect(nextGateStep(gate({ backupRun: run("running") }), new Date(deadlineAt.getTime() - 1))).toEqual({ do: "wait" });
  });
});

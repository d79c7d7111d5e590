import { and, eq } from "drizzle-orm";
import { gates } from "#lib/db/schema/gates";
import { LifeboatError, type Reason } from "#lib/domain/error";
import { redactText } from "#lib/log/redact";
import { recordAudit } from "../audit/record.ts";
import { finishRun } from "../runs/finish.ts";
import { actAs, type RunWork } from "../runs/work.ts";
import { lockGate } from "./rows.ts";

/** As much of a check's output as a gate's row keeps, in characters: its end, where the reason stands. The run's log has all of it. */
const longestOutput = 4_000;

/**
 * Runs the release check that a gate asked for: a command that this host declares. Its exit code is written with the end of the run, so that
 * the gate either knows it or sees a run that failed. Throws `hook-unknown` { name }, `check-timeout` { seconds }, `gate-state` { state }.
 */
export async function executeGateCheck(work: RunWork): Promise<void> {
  const { db, deps, run, reporter, lease, signal, engineContext } = work;
  const [gate] = await db.select().from(gates).where(eq(gates.id, run.subject));
  if (gate === undefined) throw new LifeboatError("not-found", { entity: "gate", id: run.subject });
  if (gate.state !== "checking" || gate.checkRunId !== run.id) throw new LifeboatError("gate-state", { state: gate.state });
  const told = { gateId: gate.id, commit: gate.commit, backupId: gate.backupId ?? "" };
  await reporter.setStep("run-command", { state: "running" });
  const { exitCode, timedOut, output, durationMs } = await deps.drills.hooks.runReleaseCheck(gate.command ?? "", told, engineContext);
  signal.throwIfAborted();
  for (const line of output.split("\n").filter((each) => each !== "")) reporter.log("info", line);
  await reporter.flush();
  if (timedOut) throw new LifeboatError("check-timeout", { seconds: Math.round(durationMs / 1000) });
  // Ended by a signal of somebody else: that is no pass, and shells say it so.
  const code = exitCode ?? 255;
  const error: Reason | null = code === 0 ? null : { code: "gate-check-failed", params: { exitCode: code } };
  await reporter.setStep("run-command", { state: error === null ? "done" : "failed", error, facts: { exitCode: code } });
  await db.transaction(async (tx) => {
    // The gate before its run, as everybody who moves a gate locks them.
    await lockGate(tx, gate.id);
    await finishRun(tx, lease, { state: error === null ? "succeeded" : "failed", error });
    await tx
      .update(gates)
      .set({ exitCode: code, output: redactText(output).slice(-longestOutput) })
      // One that was given up meanwhile has its end.
      .where(and(eq(gates.id, gate.id), eq(gates.state, "checking")));
    await recordAudit(tx, actAs(deps, run), {
      action: "gate.check",
      targetType: "gate",
      targetId: gate.id,
      targetName: gate.commit,
      after: { exitCode: code, durationMs, command: gate.command },
    });
  });
}

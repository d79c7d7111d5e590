import { randomUUID } from "node:crypto";
import { basename } from "node:path";
import { cancelGate, createGate, type GateDto, getGate, reportGateCheck } from "#lib/contracts/gates";
import { backupKinds } from "#lib/domain/backup-state";
import { isGateOver } from "#lib/domain/gate-state";
import { commitOfBuild } from "#lib/env/cli-env";
import { runTool } from "#lib/exec/run-tool";
import { formatDuration } from "#lib/format/duration";
import type { Command } from "../command.ts";
import { failureOf } from "../end-with.ts";
import { CommandError, exitCode, type ExitCode, usageError } from "../exit-code.ts";
import { findSource } from "../find.ts";
import type { Given } from "../options.ts";
import { runReleaseCheck } from "../release-check.ts";
import { askPatiently, type Session } from "../session.ts";
import { waitFor } from "../wait.ts";

const pollMs = 500;
const words = {
  "backing-up": "backing up",
  verifying: "verifying the backup",
  checking: "running the release check",
  passed: "passed",
  failed: "failed",
} as const satisfies Record<GateDto["state"], string>;

async function open(given: Given, session: Session): Promise<GateDto> {
  const { id: sourceId } = await findSource(session, given.needed("source"));
  const [program] = given.rest ?? [];
  const command = given.text("worker-command");
  if (program !== undefined && command !== undefined) throw usageError("either --worker-command or a command behind --, not both");
  const check =
    program !== undefined
      ? { by: "client" as const, program: basename(program).slice(0, 200) }
      : command === undefined
        ? { by: "none" as const }
        : { by: "worker" as const, command };
  const body = {
    sourceId,
    kind: given.oneOf("kind", backupKinds) ?? ("full" as const),
    commit: given.text("commit") ?? commitOfBuild() ?? (await commitOfFolder(session)),
    operator: given.text("operator") ?? session.env.operator,
    check,
    timeoutMinutes: given.whole("timeout", 1, 1440) ?? 120,
  };
  return await askPatiently(session, createGate, { body, idempotencyKey: randomUUID() });
}

/** The commit that is checked out where the caller stands; empty where that is no working tree of git, or git is not there. */
async function commitOfFolder({ env, signal }: Session): Promise<string> {
  try {
    const git = await runTool({ file: "git", args: ["rev-parse", "HEAD"], cwd: env.callerDir, timeoutMs: 5_000, signal });
    return git.exitCode === 0 ? git.stdout.trim().slice(0, 200) : "";
  } catch {
    return "";
  }
}

/** Follows a gate to its end; runs the check in between and tells how it ended. */
async function follow(session: Session, opened: GateDto, command: readonly string[] | null): Promise<GateDto> {
  const { terminal, signal, env } = session;
  let gate = opened;
  let toldState = "";
  while (!isGateOver(gate.state)) {
    if (gate.state !== toldState && !session.asJson) terminal.note(`gate ${gate.id}: ${words[gate.state]}`);
    toldState = gate.state;
    if (gate.state === "checking" && gate.checker === "client" && command !== null) {
      const deadlineMs = Date.parse(gate.deadlineAt) - Date.now();
      const { why, ...body } = await runReleaseCheck(command, {
        cwd: env.callerDir,
        gateId: gate.id,
        deadlineMs,
        signal,
        output: session.asJson ? "stderr" : "stdout",
      });
      signal.throwIfAborted();
      if (why !== "") terminal.note(`the release check: ${why}`);
      gate = await askPatiently(session, reportGateCheck, { params: { id: gate.id }, body: { ...body, output: why } });
      continue;
    }
    await waitFor(pollMs, signal);
    gate = await askPatiently(session, getGate, { params: { id: gate.id } });
  }
  return gate;
}

function verdict(session: Session, gate: GateDto): ExitCode {
  if (session.asJson) session.terminal.printJson(gate);
  if (gate.state === "passed" && gate.mayDeploy) {
    const took = gate.endedAt === null ? "" : ` after ${formatDuration(Date.parse(gate.endedAt) - Date.parse(gate.startedAt), "en")}`;
    session.terminal.note(`may deploy: ${gate.sourceName} is backed up (${gate.backupId ?? ""}) and verified${took}`);
    return exitCode.ok;
  }
  const why = gate.error === null ? "the gate did not pass" : gate.error.message;
  session.terminal.note(`DO NOT DEPLOY: ${why}`);
  if (gate.error !== null && gate.error.hint !== "") session.terminal.note(gate.error.hint);
  return exitCode.doNotDeploy;
}

/** Whoever gives a gate up must not leave it open: it would look as if somebody still waited. */
async function giveUp(session: Session, gate: GateDto): Promise<void> {
  const patient = { ...session, signal: AbortSignal.timeout(10_000) };
  await askPatiently(patient, cancelGate, { params: { id: gate.id } }).catch(() => undefined);
}

export const gateCommand: Command = {
  name: "gate",
  summary: "Before a deployment: back up, verify, run the release check; anything that fails means do not deploy",
  usage: ["--source name [--commit id] -- <command …>", "--source name [--worker-command name]"],
  takes: { words: 0, command: true },
  options: {
    source: { type: "string", short: "s", value: "name", help: "the source that the deployment changes" },
    kind: { type: "string", short: "k", value: "kind", help: "full, differential or incremental (default: full)" },
    commit: { type: "string", value: "id", help: "what is deployed (default: what the build server says, or git here)" },
    operator: { type: "string", value: "name", help: "who deploys (default: your account)" },
    timeout: { type: "string", value: "minutes", help: "the gate fails when it is not over by then (default: 120)" },
    "worker-command": { type: "string", value: "name", help: "a check that the worker's host declares, instead of a command here" },
  },
  about: [
    "The command behind -- runs here, after the backup was verified; its exit code decides. Exits with 0 only when everything passed; with 4 and",
    "the words DO NOT DEPLOY when the backup, its verification, the check, or anything in between fails. Ctrl-C gives the gate up.",
  ],
  whenFailed: "DO NOT DEPLOY",
  run: async (given, session) => {
    if (given.rest !== null && given.rest.length === 0) throw usageError("-- is followed by no command");
    let gate: GateDto | null = null;
    try {
      gate = await open(given, session);
      return verdict(session, await follow(session, gate, given.rest));
    } catch (error) {
      if (gate !== null) await giveUp(session, gate);
      const { exit, message, hint } = failureOf(error, session.signal.aborted);
      const code = exit === exitCode.usage || exit === exitCode.interrupted ? exit : exitCode.doNotDeploy;
      throw new CommandError(code, message, hint);
    }
  },
};

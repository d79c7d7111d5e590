import { randomUUID } from "node:crypto";
import { listDrills } from "#lib/contracts/drill-history";
import { getDrill, startDrill, type DrillDetailDto, type DrillDto } from "#lib/contracts/drills";
import { isDrillOpen } from "#lib/domain/drill-state";
import type { Command } from "../command.ts";
import { ProblemError } from "#lib/http/client";
import { exitCode, type ExitCode, usageError } from "../exit-code.ts";
import { findBackup, findSource } from "../find.ts";
import { moment } from "../moments.ts";
import type { Given } from "../options.ts";
import { afterStart, ask, askAll, askPatiently, failed, type Session } from "../session.ts";
import { tableLines } from "../terminal.ts";
import { waitFor } from "../wait.ts";

const pollMs = 1_000;

function sentence(session: Session, drill: DrillDto): string {
  const checks = `${drill.checksPassed} of ${drill.checksTotal} checks passed`;
  return `${drill.id} of ${drill.sourceName}: ${drill.verdict ?? drill.state}, ${checks}; ${session.baseUrl}/drills/${drill.id}`;
}

/** Unattended, only an answer is waited for: whatever else went wrong is cleaned up and closed, with its problem kept beside it. */
function refuseWaiting({ id, state, problem, activeRunId }: DrillDetailDto, baseUrl: string): void {
  if (state !== "validating" || problem === null || activeRunId !== null) return;
  const hint = `${problem.hint} ${baseUrl}/drills/${id}`.trim();
  throw failed(`${id} does not go on by itself: ${problem.message}`, hint, problem.code);
}

async function follow(session: Session, id: string): Promise<DrillDetailDto> {
  const { terminal, signal } = session;
  let isPaused = false;
  try {
    for (;;) {
      const drill = await askPatiently(session, getDrill, { params: { id } });
      if (!isDrillOpen(drill.state)) return drill;
      refuseWaiting(drill, session.baseUrl);
      if (drill.pausedAt !== null && !isPaused) terminal.note(`${id} is paused: ${session.baseUrl}/drills/${id}`);
      isPaused = drill.pausedAt !== null;
      terminal.progress(`drill: ${drill.state}  ${drill.checksPassed} of ${drill.checksTotal} checks passed`);
      await waitFor(pollMs, signal);
    }
  } catch (error) {
    throw afterStart(session, `drills/${id}`, error);
  } finally {
    terminal.endProgress();
  }
}

async function start(given: Given, session: Session): Promise<ExitCode> {
  const source = await findSource(session, given.needed("source"));
  const backup = given.text("backup");
  const body = {
    sourceId: source.id,
    unattended: true,
    ...(backup === undefined
      ? {}
      : { backupId: (await findBackup(session, { id: backup, source: backup === "latest" ? source.id : undefined })).id }),
  };
  const started = await askPatiently(session, startDrill, { body, idempotencyKey: randomUUID() }).catch((error: unknown) => {
    const open = error instanceof ProblemError && error.code === "drill-open" ? error.params["drillId"] : undefined;
    if (typeof open !== "string") throw error;
    throw failed(`a drill of ${source.name} is under way already: ${open}`, `Look at ${session.baseUrl}/drills/${open}.`, "drill-open");
  });
  if (given.flag("no-wait")) {
    if (session.asJson) session.terminal.printJson(started);
    else session.terminal.print(sentence(session, started));
    return exitCode.ok;
  }
  return tell(session, await follow(session, started.id));
}

/** Why it is no better: what ended it, what its verdict lacks, and the checks that failed for another reason. */
function reasonsOf({ problem, verdictReasons, checks }: DrillDetailDto): string[] {
  const reasons = [...(problem === null ? [] : [problem]), ...verdictReasons];
  const failing = checks.filter(({ state, reason }) => state === "failed" && !reasons.some(({ message }) => message === reason?.message));
  return [
    ...new Set(reasons.map(({ message, hint }) => `${message}. ${hint}`.trim())),
    ...failing.map(({ key, name, reason, actual }) => `check ${name || key}: ${reason?.message ?? actual}`),
  ];
}

function tell(session: Session, drill: DrillDetailDto): ExitCode {
  for (const line of reasonsOf(drill)) session.terminal.note(line);
  if (session.asJson) session.terminal.printJson(drill);
  else session.terminal.print(sentence(session, drill));
  if (isDrillOpen(drill.state)) return exitCode.ok;
  return drill.verdict === "passed" || drill.verdict === "passed-with-findings" ? exitCode.ok : exitCode.failed;
}

async function list(given: Given, session: Session): Promise<ExitCode> {
  const name = given.text("source");
  const source = name === undefined ? undefined : (await findSource(session, name)).id;
  const drills = await askAll((after, limit) => ask(session, listDrills, { query: { after, limit, source } }), 20);
  if (session.asJson) session.terminal.printJson({ drills });
  else {
    const rows = drills.map((drill) => [drill.id, drill.sourceName, moment(drill.startedAt), drill.state, drill.verdict ?? ""]);
    for (const line of tableLines(["DRILL", "SOURCE", "STARTED", "STATE", "VERDICT"], rows)) session.terminal.print(line);
  }
  return exitCode.ok;
}

export const drillCommand: Command = {
  name: "drill",
  summary: "Rehearse a restore by the source's plan, up to the signed report; or list and show drills",
  usage: ["--source name [--backup id]", "list [--source name]", "show <drill id>"],
  takes: { words: 2 },
  options: {
    source: { type: "string", short: "s", value: "name", help: "the source" },
    backup: { type: "string", value: "id", help: "this backup instead of the plan's choice" },
    "no-wait": { type: "boolean", help: "start it and go" },
  },
  about: ["Exits with 1 when the drill fails."],
  run: async (given, session) => {
    const [verb = "start", id] = given.positionals;
    if (!["start", "list", "show"].includes(verb) || (verb === "show") !== (id !== undefined))
      throw usageError("drill, drill list, or drill show <drill id>");
    if (id !== undefined && given.text("source") !== undefined) throw usageError("either a drill's id or --source, not both");
    if (verb === "list") return await list(given, session);
    if (id === undefined) return await start(given, session);
    return tell(session, await ask(session, getDrill, { params: { id } }));
  },
};

import { randomUUID } from "node:crypto";
import { cleanUpSource, simulateRetention } from "#lib/contracts/policies";
import { formatBytes } from "#lib/format/bytes";
import type { Command } from "../command.ts";
import { exitCode, type ExitCode } from "../exit-code.ts";
import { findSource } from "../find.ts";
import { followRun, requireSuccess, tellStarted } from "../follow-run.ts";
import { moment } from "../moments.ts";
import { ask, askPatiently, type Session } from "../session.ts";
import { tableLines } from "../terminal.ts";

/** What would go today, and why. */
async function tellPlan(session: Session, id: string): Promise<ExitCode> {
  const { policyName, decisions } = await ask(session, simulateRetention, { params: { id }, body: { day: 0, days: 1 } });
  const going = decisions.filter(({ verdict, exists }) => verdict === "trash" && exists);
  if (session.asJson) session.terminal.printJson({ policyName, going });
  else {
    const rows = going.map((each) => [each.backupId, each.kind, moment(each.snapshotAt), formatBytes(each.storedBytes, "en"), each.reason]);
    for (const line of tableLines(["BACKUP", "KIND", "OF", "STORED", "WHY"], rows)) session.terminal.print(line);
    session.terminal.note(policyName === null ? "no policy: everything is kept" : `${policyName}: ${going.length} would go to the trash`);
  }
  return exitCode.ok;
}

export const cleanupCommand: Command = {
  name: "cleanup",
  summary: "Carry out a source's retention policy now: trash first, then what waited there long enough is removed",
  usage: ["--source name [--dry-run]"],
  takes: { words: 0 },
  options: {
    source: { type: "string", short: "s", value: "name", help: "the source" },
    "dry-run": { type: "boolean", help: "only show what would go, and why" },
    "no-wait": { type: "boolean", help: "start it and go" },
  },
  run: async (given, session) => {
    const { id, name } = await findSource(session, given.needed("source"));
    if (given.flag("dry-run")) return await tellPlan(session, id);
    const started = await askPatiently(session, cleanUpSource, { params: { id }, idempotencyKey: randomUUID() });
    if (given.flag("no-wait")) return tellStarted(session, started);
    const run = requireSuccess(await followRun(session, started.id));
    if (session.asJson) session.terminal.printJson(run);
    else {
      const facts = run.steps.flatMap(({ facts }) => Object.entries(facts)).map(([key, value]) => `${key} ${String(value)}`);
      session.terminal.print(`cleaned up ${name}${facts.length === 0 ? "" : `: ${facts.join(", ")}`}`);
    }
    return exitCode.ok;
  },
};

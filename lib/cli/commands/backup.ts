import { randomUUID } from "node:crypto";
import { createBackup, getBackup, verifyBackup } from "#lib/contracts/backups";
import type { RunDetailDto } from "#lib/contracts/runs";
import { backupKinds } from "#lib/domain/backup-state";
import { formatBytes } from "#lib/format/bytes";
import { ProblemError } from "#lib/http/client";
import type { Command } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { findSource } from "../find.ts";
import { followRun, requireSuccess, tellStarted } from "../follow-run.ts";
import type { Given } from "../options.ts";
import { afterStart, askPatiently, failed, type Session } from "../session.ts";

/** The run that backs the source up: a new one, or with --join the one that is on its way. */
async function start(given: Given, session: Session): Promise<RunDetailDto | { readonly id: string; readonly joined: true }> {
  const { id: sourceId } = await findSource(session, given.needed("source"));
  const body = {
    sourceId,
    kind: given.oneOf("kind", backupKinds) ?? ("full" as const),
    reason: given.text("reason") ?? "",
    note: given.text("note") ?? "",
  };
  try {
    // One key for all tries: a lost answer never starts a second backup.
    return await askPatiently(session, createBackup, { body, idempotencyKey: randomUUID() });
  } catch (error) {
    const runId = error instanceof ProblemError && error.code === "run-active" ? error.params["runId"] : undefined;
    if (typeof runId !== "string") throw error;
    if (!given.flag("join"))
      throw failed(`a backup of it is on its way already: ${runId}`, "Say --join to wait for that one.", "run-active");
    session.terminal.note(`joining ${runId}`);
    return { id: runId, joined: true };
  }
}

export const backupCommand: Command = {
  name: "backup",
  summary: "Back a source up now, and wait for it",
  usage: ["--source name [--kind full|differential|incremental] [--verify] [--no-wait]"],
  takes: { words: 0 },
  options: {
    source: { type: "string", short: "s", value: "name", help: "the source, by name or id" },
    kind: { type: "string", short: "k", value: "kind", help: "full, differential or incremental (default: full)" },
    reason: { type: "string", value: "text", help: "why, for the record" },
    note: { type: "string", value: "text", help: "a note on the backup" },
    verify: { type: "boolean", help: "verify it afterwards; a failed verification is a failure" },
    join: { type: "boolean", help: "when a backup of it is on its way already, wait for that one" },
    "no-wait": { type: "boolean", help: "start it and go" },
  },
  about: ["Interrupting the command (Ctrl-C) leaves the backup running in Lifeboat."],
  run: async (given, session) => {
    const started = await start(given, session);
    if (given.flag("no-wait")) {
      if (!("joined" in started)) return tellStarted(session, started);
      if (session.asJson) session.terminal.printJson({ id: started.id });
      else session.terminal.print(started.id);
      return exitCode.ok;
    }
    const run = requireSuccess(await followRun(session, started.id));
    const { backupId } = run;
    if (backupId === null) throw failed(`${run.id} ended without a backup`);
    const isMade = (error: unknown) => {
      throw afterStart(session, `backups/${backupId}`, error);
    };
    if (given.flag("verify")) {
      const asked = askPatiently(session, verifyBackup, { params: { id: backupId }, idempotencyKey: randomUUID() });
      requireSuccess(await followRun(session, (await asked.catch(isMade)).id));
    }
    const backup = await askPatiently(session, getBackup, { params: { id: backupId } }).catch(isMade);
    for (const warning of run.warnings) session.terminal.note(`warning: ${warning}`);
    if (session.asJson) session.terminal.printJson({ run, backup });
    else {
      const sizes = `${formatBytes(backup.streamBytes, "en")}, ${formatBytes(backup.storedBytes, "en")} stored`;
      session.terminal.print(`${backup.id} ${backup.kind} of ${backup.sourceName}: ${sizes}${given.flag("verify") ? ", verified" : ""}`);
    }
    return exitCode.ok;
  },
};

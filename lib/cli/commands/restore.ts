import { randomUUID } from "node:crypto";
import { createRestore, getRestore, previewRestore, type RestoreDetailDto, type RestorePreviewDto } from "#lib/contracts/restores";
import { LifeboatError } from "#lib/domain/error";
import type { Command } from "../command.ts";
import { CommandError, exitCode, usageError } from "../exit-code.ts";
import { followRun, requireSuccess, tellStarted } from "../follow-run.ts";
import type { Given } from "../options.ts";
import { leftBehind, restoreSentence } from "../restore-outcome.ts";
import { readRestore, restoreOptions } from "../restore-options.ts";
import { afterStart, ask, askPatiently, failed, type Session } from "../session.ts";
import { previewLines } from "./preview.ts";

/** Throws for what stands in the way, with the name that Lifeboat has for the first of it. */
function refuseBlocked(given: Given, { blockers, replace, database }: RestorePreviewDto): void {
  const [first] = blockers;
  if (first !== undefined) throw new CommandError(exitCode.refused, `nothing was started: ${first.message}`, first.hint, first.code);
  if (replace?.needsProductionConfirmation !== true || given.flag("confirm-production")) return;
  throw new CommandError(
    exitCode.refused,
    `nothing was started: ${database} is production (or nobody said what it is)`,
    "Say --confirm-production if it is to be replaced.",
    "confirmation-production",
  );
}

/** Waits for a restore to its end. Throws its run's own reason, after saying what is left of it. */
async function follow(session: Session, restoreId: string, runId: string): Promise<RestoreDetailDto> {
  const run = await followRun(session, runId);
  const restore = await askPatiently(session, getRestore, { params: { id: restoreId } }).catch((error: unknown) => {
    throw afterStart(session, `restores/${restoreId}`, error);
  });
  const left = run.state === "succeeded" ? null : leftBehind(restore, session.baseUrl);
  if (left !== null) session.terminal.note(left);
  for (const warning of requireSuccess(run).warnings) session.terminal.note(`warning: ${warning}`);
  const { comparison } = restore;
  if (comparison !== null && comparison.different > 0)
    throw failed(`${comparison.different} tables differ from the backup`, "", "restore-differs");
  return restore;
}

export const restoreCommand: Command = {
  name: "restore",
  summary: "Restore a backup into a new database, or in the place of one that is there",
  usage: [
    "<backup id> --server name --database new_name",
    "--source name [--at time] --server name --database name --mode replace --confirm name [--confirm-production]",
  ],
  takes: { words: 1 },
  options: {
    ...restoreOptions,
    confirm: { type: "string", value: "name", help: "with --mode replace: the name of the database, typed again" },
    "confirm-production": { type: "boolean", help: "with --mode replace on production: said a second time" },
    "keep-on-failure": { type: "boolean", help: "leave a new database that could not be filled, to look at" },
    "no-wait": { type: "boolean", help: "start it and go" },
  },
  about: [
    "The preview is made first, and nothing is started while something stands in the way. A replaced database is backed up and verified first,",
    "and kept under another name. Interrupting the command (Ctrl-C) leaves the restore running in Lifeboat.",
  ],
  run: async (given, session) => {
    const body = await readRestore(given, session);
    const confirmName = given.text("confirm");
    if (body.mode === "replace" && confirmName === undefined)
      throw usageError("--mode replace needs --confirm with the name of the database");
    if (confirmName !== undefined && body.database !== undefined && confirmName !== body.database)
      throw new LifeboatError("confirmation-mismatch", { expected: body.database });
    const preview = await ask(session, previewRestore, { body });
    for (const line of previewLines(preview)) session.terminal.note(line);
    refuseBlocked(given, preview);
    const started = await askPatiently(session, createRestore, {
      body: {
        ...body,
        plannedBackupId: preview.backupId,
        keepOnFailure: given.flag("keep-on-failure"),
        confirmProduction: given.flag("confirm-production"),
        ...(confirmName === undefined ? {} : { confirmName }),
        ...(preview.replace === null ? {} : { strategy: preview.replace.strategy }),
        ...(preview.plan.estimate === null ? {} : { estimatedMs: preview.plan.estimate.milliseconds }),
      },
      idempotencyKey: randomUUID(),
    });
    if (given.flag("no-wait")) return tellStarted(session, started.run);
    const restore = await follow(session, started.restoreId, started.run.id);
    if (session.asJson) session.terminal.printJson(restore);
    else session.terminal.print(restoreSentence(restore));
    return exitCode.ok;
  },
};

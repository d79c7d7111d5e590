import { randomUUID } from "node:crypto";
import { verifyBackup } from "#lib/contracts/backups";
import type { Command } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { findBackup } from "../find.ts";
import { followRun, requireSuccess, tellStarted } from "../follow-run.ts";
import { moment } from "../moments.ts";
import { askPatiently } from "../session.ts";

export const verifyCommand: Command = {
  name: "verify",
  summary: "Decode every byte of a backup and compare its checksums",
  usage: ["<backup id>", "--source name"],
  takes: { words: 1 },
  options: {
    source: { type: "string", short: "s", value: "name", help: "the newest good backup of this source" },
    "no-wait": { type: "boolean", help: "start it and go" },
  },
  run: async (given, session) => {
    const backup = await findBackup(session, { id: given.positionals[0], source: given.text("source") });
    const started = await askPatiently(session, verifyBackup, { params: { id: backup.id }, idempotencyKey: randomUUID() });
    if (given.flag("no-wait")) return tellStarted(session, started);
    const run = requireSuccess(await followRun(session, started.id));
    const text = `${backup.id} of ${backup.sourceName} (${moment(backup.snapshotAt)}) is whole`;
    if (session.asJson) session.terminal.printJson({ run, backupId: backup.id, verified: true });
    else session.terminal.print(text);
    return exitCode.ok;
  },
};

import { listBackups, type BackupDto } from "#lib/contracts/backups";
import { backupKinds } from "#lib/domain/backup-state";
import { formatBytes } from "#lib/format/bytes";
import type { Command } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { findSource } from "../find.ts";
import { moment } from "../moments.ts";
import { ask, askAll } from "../session.ts";
import { tableLines } from "../terminal.ts";

const proofs = ["stored", "verified", "proven", "unverified", "failed"] as const;

function proofOf({ meter, broken }: BackupDto): string {
  if (broken !== null) return "broken";
  if (meter.stored.state === "failed" || meter.verified.state === "failed") return "failed";
  if (meter.proven.state === "yes") return "proven";
  return meter.verified.state === "yes" ? "verified" : "stored";
}

export const backupsCommand: Command = {
  name: "backups",
  summary: "List backups, newest first",
  usage: ["[--source name] [--kind kind] [--proof proof] [--limit n]"],
  takes: { words: 0 },
  options: {
    source: { type: "string", short: "s", value: "name", help: "only of this source" },
    kind: { type: "string", short: "k", value: "kind", help: "only full, differential or incremental ones" },
    proof: { type: "string", value: "proof", help: "only stored (good), verified, proven, unverified or failed ones" },
    limit: { type: "string", short: "n", value: "n", help: "how many at most (default: 20)" },
  },
  run: async (given, session) => {
    const name = given.text("source");
    const query = {
      source: name === undefined ? undefined : (await findSource(session, name)).id,
      kind: given.oneOf("kind", backupKinds),
      proof: given.oneOf("proof", proofs),
    };
    const most = given.whole("limit", 1, 10_000) ?? 20;
    const backups = await askAll((after, limit) => ask(session, listBackups, { query: { ...query, after, limit } }), most);
    if (session.asJson) {
      session.terminal.printJson({ backups });
      return exitCode.ok;
    }
    const rows = backups.map((backup) => [
      backup.id,
      backup.sourceName,
      backup.kind,
      moment(backup.snapshotAt),
      proofOf(backup),
      formatBytes(backup.streamBytes, "en"),
      formatBytes(backup.storedBytes, "en"),
      `${backup.pinned ? "pinned " : ""}${backup.label}`,
    ]);
    for (const line of tableLines(["BACKUP", "SOURCE", "KIND", "OF", "PROOF", "SIZE", "STORED", "LABEL"], rows))
      session.terminal.print(line);
    if (rows.length === 0) session.terminal.note("there are none");
    return exitCode.ok;
  },
};

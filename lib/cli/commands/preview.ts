import { previewRestore, type RestorePreviewDto } from "#lib/contracts/restores";
import { formatBytes } from "#lib/format/bytes";
import { formatDuration } from "#lib/format/duration";
import { formatCount } from "#lib/format/number";
import type { Command } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { moment } from "../moments.ts";
import { readRestore, restoreOptions } from "../restore-options.ts";
import { ask } from "../session.ts";

/** A preview for people. */
export function previewLines(preview: RestorePreviewDto): string[] {
  const { plan, replace, file } = preview;
  const target = file?.path ?? `${preview.database} on ${preview.serverName ?? ""}`;
  const estimate = plan.estimate === null ? "" : `, about ${formatDuration(plan.estimate.milliseconds, "en")}`;
  return [
    `backup     ${preview.backupId}, ${plan.kind}, of ${moment(plan.snapshotAt)}`,
    `target     ${target}${preview.databaseExists ? " (exists)" : " (new)"}`,
    `contents   ${formatCount(preview.tables, "en")} tables, ${formatCount(preview.rows, "en")} rows, ${formatBytes(preview.streamBytes, "en")}`,
    `reads      ${formatBytes(plan.readBytes, "en")} from ${plan.packs.length} packs${estimate}`,
    ...(replace === null
      ? []
      : [
          `replaces   ${formatCount(replace.tables, "en")} tables (${replace.strategy}); ${replace.sessions} sessions are ended; kept as ${replace.keptName ?? "a safety backup only"}`,
        ]),
    ...preview.warnings.map(({ message }) => `warning    ${message}`),
    ...preview.blockers.map(({ message, hint }) => `blocked    ${message}. ${hint}`),
  ];
}

export const previewCommand: Command = {
  name: "preview",
  summary: "Show what a restore would do and what would stop it; nothing is changed",
  usage: ["<backup id> --server name --database name", "--source name [--at time] --server name --database name [--mode replace]"],
  takes: { words: 1 },
  options: restoreOptions,
  about: ["Exits with 1 when something stands in the way."],
  run: async (given, session) => {
    const preview = await ask(session, previewRestore, { body: await readRestore(given, session) });
    if (session.asJson) session.terminal.printJson(preview);
    else for (const line of previewLines(preview)) session.terminal.print(line);
    return preview.blockers.length === 0 ? exitCode.ok : exitCode.failed;
  },
};

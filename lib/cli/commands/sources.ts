import { listSources } from "#lib/contracts/sources";
import { formatBytes } from "#lib/format/bytes";
import type { Command } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { moment } from "../moments.ts";
import { ask, askAll } from "../session.ts";
import { tableLines } from "../terminal.ts";

export const sourcesCommand: Command = {
  name: "sources",
  summary: "List what is protected",
  usage: ["[--query text]"],
  takes: { words: 0 },
  options: { query: { type: "string", short: "q", value: "text", help: "only names with this text" } },
  run: async (given, session) => {
    const q = given.text("query");
    const sources = await askAll((after, limit) =>
      ask(session, listSources, { query: { after, limit, ...(q === undefined ? {} : { q }) } }),
    );
    if (session.asJson) {
      session.terminal.printJson({ sources });
      return exitCode.ok;
    }
    const rows = sources.map((source) => [
      source.name,
      source.serverName ?? source.path ?? "",
      moment(source.lastGoodAt),
      moment(source.lastVerifiedAt),
      moment(source.lastProvenAt),
      source.pausedAt !== null ? "paused" : source.activeRun !== null ? "backing up" : moment(source.nextBackupAt),
      formatBytes(source.storedBytes, "en"),
    ]);
    const heads = ["SOURCE", "ON", "LAST GOOD", "VERIFIED", "PROVEN", "NEXT", "STORED"];
    for (const line of tableLines(heads, rows)) session.terminal.print(line);
    if (rows.length === 0) session.terminal.note("nothing is protected yet");
    return exitCode.ok;
  },
};

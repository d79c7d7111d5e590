import { createTranslator } from "use-intl/core";
import { getSourceStatus, type SourceStatusDto } from "#lib/contracts/source-status";
import { getOverview, type OverviewDto } from "#lib/contracts/system";
import english from "#messages/en" with { type: "json" };
import type { Command } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { findSource } from "../find.ts";
import { moment } from "../moments.ts";
import { ask } from "../session.ts";

/** The sentences of the overview page, in English. A code of a newer Lifeboat is shown as it is. */
const sentenceOf = createTranslator({
  locale: "en",
  timeZone: "UTC",
  messages: { overview: english.overview },
  namespace: "overview",
  onError: () => undefined,
  getMessageFallback: ({ key }) => key,
});

/** Two sentences are said more exactly where more is known, as on the page. */
function textKey({ code, sourceName, group }: OverviewDto["needsYou"][number]) {
  if (code === "no-worker" && group !== null) return "no-worker-group";
  return code === "tools-missing" && sourceName === null ? "tools-missing-plain" : code;
}

/** The overview for people, without a page. */
export function overviewLines({ verdict, needsYou, running }: Pick<OverviewDto, "verdict" | "needsYou" | "running">): string[] {
  const { sources, affected, proven } = verdict;
  return [
    sentenceOf(`verdict.${verdict.code}`, { sources, affected, proven }),
    ...needsYou
      .map((need) =>
        sentenceOf(`needs.${textKey(need)}`, {
          source: need.sourceName ?? "",
          number: need.incidentNumber ?? 0,
          title: need.incidentTitle ?? need.incidentKind ?? "",
          kept: need.keptName ?? "",
          database: need.database ?? "",
          group: need.group ?? "",
        }),
      )
      .map((text) => `- ${text}`),
    ...running.map((run) => `running: ${run.type} ${run.sourceName ?? ""} ${run.id}`),
  ];
}

function statusLines(status: SourceStatusDto): string[] {
  return [
    `${status.name}: ${status.level}${status.objectiveMet ? "" : ", the last good backup is older than it should be"}`,
    `last good  ${moment(status.lastGoodAt)}`,
    `verified   ${moment(status.lastVerifiedAt)}`,
    `proven     ${moment(status.lastProvenAt)}`,
    `next       ${status.running ? "running" : status.nextBackupAt === null ? "not scheduled" : moment(status.nextBackupAt)}`,
    `drill      ${status.drill}`,
    `alerts     ${status.openAlerts}`,
  ];
}

export const statusCommand: Command = {
  name: "status",
  summary: "Say whether everything is fine",
  usage: ["", "--source name"],
  takes: { words: 0 },
  options: { source: { type: "string", short: "s", value: "name", help: "of one source" } },
  about: ["Exits with 0 when all is well (or paused), with 1 when something needs a person, or nothing but the sample is protected."],
  run: async (given, session) => {
    const name = given.text("source");
    if (name === undefined) {
      const overview = await ask(session, getOverview);
      if (session.asJson) session.terminal.printJson(overview);
      else for (const line of overviewLines(overview)) session.terminal.print(line);
      return overview.verdict.level === "good" ? exitCode.ok : exitCode.failed;
    }
    const { id } = await findSource(session, name);
    const status = await ask(session, getSourceStatus, { params: { id } });
    if (session.asJson) session.terminal.printJson(status);
    else for (const line of statusLines(status)) session.terminal.print(line);
    return status.level === "good" || status.level === "paused" ? exitCode.ok : exitCode.failed;
  },
};

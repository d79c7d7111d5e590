import type { ReportContent } from "#lib/contracts/drill-reports";
import type { Cell, Detail, Section, Tone } from "./document.ts";
import type { Reader } from "./reader.ts";
import { nameOf } from "./compose-checks.ts";

type Step = ReportContent["steps"][number];
type Event = ReportContent["events"][number];

/** What is told beside the steps: everything that a person did, or that went wrong. */
const notable: ReadonlySet<Event["code"]> = new Set([
  "restore-failed",
  "check-answered",
  "paused",
  "resumed",
  "handed-over",
  "looked-at",
  "interrupted",
]);
/** Rows of a table that would push the rest off the third page. */
const mostEvents = 12;

/** Every step with its start and duration, and what happened besides. */
export function composeSteps(report: ReportContent, reader: Reader, detail: Detail): Section[] {
  const { t } = reader;
  const isSummed = detail === "shortest";
  const rows = isSummed ? sumsOf(report.steps, reader) : report.steps.map((step) => stepRow(step, reader));
  const steps: Section = {
    title: t("sections.steps"),
    blocks:
      rows.length === 0
        ? [{ type: "paragraph", text: t("none") }]
        : [
            {
              type: "table",
              columns: [
                { title: t("run"), share: 25 },
                { title: t("step"), share: 28 },
                { title: t("start"), share: 29 },
                { title: t("state"), share: 12 },
                { title: t("took"), share: 10, align: "right" },
              ],
              rows,
            },
          ],
  };
  return [steps, ...courseOf(report, reader, detail)];
}

const tones: Readonly<Record<string, Tone>> = { failed: "bad", skipped: "quiet", running: "warning" };

function stepRow({ run, code, state, startedAt, durationMs }: Step, reader: Reader): Cell[] {
  return [
    { text: reader.word("runs.types", run) },
    { text: reader.word("runs.steps", code) },
    { text: startedAt === null ? "" : reader.instant(startedAt) },
    { text: reader.word("status.step", state), tone: tones[state] ?? "plain" },
    { text: durationMs === null ? "" : reader.duration(durationMs) },
  ];
}

/** One row for each run: its steps are counted, their times added. */
function sumsOf(steps: readonly Step[], reader: Reader): Cell[][] {
  const groups: Step[][] = [];
  for (const step of steps) {
    const last = groups.at(-1);
    if (last !== undefined && last[0]?.run === step.run) last.push(step);
    else groups.push([step]);
  }
  return groups.map((group) => {
    const failed = group.find(({ state }) => state === "failed");
    return [
      { text: reader.word("runs.types", group[0]?.run ?? "") },
      { text: failed === undefined ? reader.t("stepsOfRun", { done: group.length }) : reader.word("runs.steps", failed.code) },
      { text: group[0]?.startedAt === null || group[0] === undefined ? "" : reader.instant(group[0].startedAt) },
      { text: reader.word("status.step", failed?.state ?? "done"), tone: tones[failed?.state ?? "done"] ?? "plain" },
      { text: reader.duration(group.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0)) },
    ];
  });
}

function courseOf(report: ReportContent, reader: Reader, detail: Detail): Section[] {
  const all = report.events.filter(({ code }) => notable.has(code));
  const told = detail === "whole" ? all : all.slice(0, mostEvents);
  if (told.length === 0) return [];
  const lines = told.map((event) => ({ label: reader.instant(event.at), value: eventText(event, report, reader) }));
  return [{ title: reader.t("sections.course"), blocks: [{ type: "facts", rows: lines }] }];
}

function eventText({ code, params, actorName }: Event, report: ReportContent, reader: Reader): string {
  const check = report.checks.find(({ key }) => key === params["key"]);
  const note = params["note"] ?? params["reason"];
  const parts = [
    reader.word("drills.wizard.events", code),
    check === undefined ? null : nameOf(check, reader),
    typeof note === "string" && note !== "" ? note : null,
  ];
  return `${parts.filter((part) => part !== null).join(": ")} (${actorName})`;
}

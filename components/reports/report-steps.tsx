"use client";
/** `<ReportSteps steps />`: every step of every run, with its start and its duration. */
import { useLocale, useTranslations } from "next-intl";
import type { ReportContent } from "#lib/contracts/drill-reports";
import { formatDuration } from "#lib/format/duration";
import { StatusIcon } from "../status/status-badge.tsx";
import type { StatusKey } from "../status/status-record.tsx";
import { Card } from "../ui/card.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";
import { TableFrame, Td, Th } from "../ui/table.tsx";

type Step = ReportContent["steps"][number];
type RunName = Parameters<ReturnType<typeof useTranslations<"runs.types">>>[0];
type StepName = Parameters<ReturnType<typeof useTranslations<"runs.steps">>>[0];

export function ReportSteps({ steps }: { steps: readonly Step[] }) {
  const file = useTranslations("reports.file");
  return (
    <Card title={file("sections.steps")} flush>
      <TableFrame label={file("sections.steps")}>
        <thead>
          <tr>
            <Th>{file("run")}</Th>
            <Th>{file("step")}</Th>
            <Th>{file("start")}</Th>
            <Th num>{file("took")}</Th>
          </tr>
        </thead>
        <tbody>
          {steps.map((step, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- a step may have run twice, and a report does not change
            <Row key={index} step={step} isFirst={steps[index - 1]?.run !== step.run} />
          ))}
        </tbody>
      </TableFrame>
    </Card>
  );
}

/** Codes that this version does not know are shown as they are: a report is older than the page that shows it. */
function Row({ step, isFirst }: { step: Step; isFirst: boolean }) {
  const types = useTranslations("runs.types");
  const steps = useTranslations("runs.steps");
  const locale = useLocale();
  const run = types.has(step.run as RunName) ? types(step.run as RunName) : step.run;
  const name = steps.has(step.code as StepName) ? steps(step.code as StepName) : step.code;
  return (
    <tr>
      <Td className="text-ink-2">{isFirst ? run : <span className="sr-only">{run}</span>}</Td>
      <Td>
        <span className="flex items-center gap-2">
          <StatusIcon status={statusOf(step.state)} />
          {name}
        </span>
      </Td>
      <Td className="whitespace-nowrap text-ink-2 nums">
        <AbsoluteTime at={step.startedAt} seconds />
      </Td>
      <Td num className="whitespace-nowrap">
        {step.durationMs === null ? null : formatDuration(step.durationMs, locale)}
      </Td>
    </tr>
  );
}

const states = ["pending", "running", "done", "failed", "skipped"] as const;

function statusOf(state: string): StatusKey {
  return `step.${states.find((each) => each === state) ?? "pending"}`;
}

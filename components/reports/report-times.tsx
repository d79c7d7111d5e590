"use client";
/** `<ReportTimes report />`: recovery time and point against what was agreed on, and what of the time machines and pauses took. */
import { clsx } from "clsx";
import { useLocale, useTranslations } from "next-intl";
import type { ReactNode } from "react";
import type { ReportContent } from "#lib/contracts/drill-reports";
import { formatDuration } from "#lib/format/duration";
import { Badge } from "../ui/badge.tsx";
import { Card } from "../ui/card.tsx";
import { TableFrame, Td, Th } from "../ui/table.tsx";

type Measure = { readonly label: string; readonly objectiveMs: number | null; readonly actualMs: number | null; readonly judged: boolean };

export function ReportTimes({ report: { clock } }: { report: ReportContent }) {
  const file = useTranslations("reports.file");
  const seconds = (value: number | null): number | null => (value === null ? null : value * 1000);
  const measures: readonly Measure[] = [
    {
      label: file("recoveryTime"),
      objectiveMs: seconds(clock.recoveryTimeSeconds),
      // A clock that never stopped has no recovery time, however long it ran.
      actualMs: clock.stoppedAt === null ? null : clock.elapsedMs,
      judged: true,
    },
    {
      label: file("recoveryPoint"),
      objectiveMs: seconds(clock.recoveryPointSeconds),
      actualMs: seconds(clock.actualRecoveryPointSeconds),
      judged: true,
    },
    { label: file("machineTime"), objectiveMs: null, actualMs: clock.machineMs, judged: false },
    { label: file("pausedTime"), objectiveMs: null, actualMs: clock.pausedMs, judged: false },
  ];
  return (
    <Card title={file("sections.times")} flush>
      <TableFrame label={file("sections.times")}>
        <thead>
          <tr>
            <Th>{file("measure")}</Th>
            <Th num>{file("objective")}</Th>
            <Th num>{file("actual")}</Th>
            <Th>{file("assessment")}</Th>
          </tr>
        </thead>
        <tbody>
          {measures.map((measure) => (
            <Row key={measure.label} measure={measure} />
          ))}
        </tbody>
      </TableFrame>
      <p className="px-4 py-3 text-xs text-ink-3 sm:px-5">{file("clockNote")}</p>
    </Card>
  );
}

function Row({ measure: { label, objectiveMs, actualMs, judged } }: { measure: Measure }) {
  const file = useTranslations("reports.file");
  const locale = useLocale();
  return (
    <tr>
      <Td className={judged ? "font-medium" : "pl-8! text-ink-2"}>{label}</Td>
      <Td num className="whitespace-nowrap">
        {judged ? (
          objectiveMs === null ? (
            <span className="text-ink-3">{file("noObjective")}</span>
          ) : (
            formatDuration(objectiveMs, locale)
          )
        ) : null}
      </Td>
      <Td num className={clsx("whitespace-nowrap", judged ? "font-medium" : "text-ink-2")}>
        {actualMs === null ? file("notReached") : formatDuration(actualMs, locale)}
      </Td>
      <Td>{judged ? <Assessment objectiveMs={objectiveMs} actualMs={actualMs} /> : null}</Td>
    </tr>
  );
}

function Assessment({ objectiveMs, actualMs }: { objectiveMs: number | null; actualMs: number | null }): ReactNode {
  const file = useTranslations("reports.file");
  if (objectiveMs === null) return null;
  const isMet = actualMs !== null && actualMs <= objectiveMs;
  return <Badge tone={isMet ? "good" : "bad"}>{file(isMet ? "met" : "missed")}</Badge>;
}

"use client";
/** `<ReportSummary report drillId />`: what was rehearsed, by whom, when, and when the next one is due. */
import { useTranslations } from "next-intl";
import Link from "next/link";
import type { ReportContent } from "#lib/contracts/drill-reports";
import { Card } from "../ui/card.tsx";
import { Facts } from "../ui/facts.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";

export function ReportSummary({ report, drillId }: { report: ReportContent; drillId: string }) {
  const t = useTranslations("reports.page");
  const file = useTranslations("reports.file");
  const { drill, source, signOff } = report;
  const isFile = source.engine === "sqlite";
  return (
    <Card title={file("sections.summary")}>
      <Facts
        columns={2}
        className="-my-2"
        items={[
          {
            label: file("source"),
            value: (
              <Link href={`/sources/${source.id}`} className="link">
                {source.name}
              </Link>
            ),
          },
          { label: file(isFile ? "file" : "database"), value: source.database, hint: source.serverName ?? undefined },
          { label: file("operator"), value: drill.operatorName, hint: t(drill.unattended ? "unattended" : "attended") },
          {
            label: t("drillLabel"),
            value: (
              <Link href={`/drills/${drillId}`} className="link">
                {t("openDrill")}
              </Link>
            ),
            hint: t(`triggers.${triggerOf(drill.trigger)}`),
          },
          { label: file("began"), value: <AbsoluteTime at={drill.startedAt} seconds /> },
          { label: file("closed"), value: <AbsoluteTime at={drill.closedAt} seconds /> },
          {
            label: file("signedBy"),
            value: drill.unattended && signOff.userId === null ? file("signedUnattended") : signOff.name,
            hint: <AbsoluteTime at={signOff.at} seconds />,
          },
          { label: file("nextDue"), value: report.nextDueAt === null ? null : <AbsoluteTime at={report.nextDueAt} /> },
          ...(report.incidentId === null
            ? []
            : [
                {
                  label: t("incident"),
                  value: (
                    <Link href={`/incidents/${report.incidentId}`} className="link">
                      {t("openIncident")}
                    </Link>
                  ),
                },
              ]),
        ]}
      />
    </Card>
  );
}

/** What started it, as far as this version knows it: a report is older than the page that shows it. */
function triggerOf(trigger: string): "manual" | "api" | "schedule" {
  return trigger === "api" || trigger === "schedule" ? trigger : "manual";
}

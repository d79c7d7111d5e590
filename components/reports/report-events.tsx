"use client";
/** `<ReportEvents report />`: who did what and when, in order; interruptions and pauses among it. */
import { useTranslations } from "next-intl";
import type { ReportContent } from "#lib/contracts/drill-reports";
import { eventNote, useEventText } from "../drills/event-text.ts";
import { Card } from "../ui/card.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";
import { TableFrame, Td, Th } from "../ui/table.tsx";

export function ReportEvents({ report }: { report: ReportContent }) {
  const t = useTranslations("reports.page.events");
  const tell = useEventText();
  return (
    <Card title={t("title")} flush>
      <TableFrame label={t("title")}>
        <thead>
          <tr>
            <Th>{t("time")}</Th>
            <Th>{t("what")}</Th>
            <Th>{t("who")}</Th>
          </tr>
        </thead>
        <tbody>
          {report.events.map((event, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- a report does not change
            <tr key={index}>
              <Td className="align-top! whitespace-nowrap text-ink-2 nums">
                <AbsoluteTime at={event.at} seconds />
              </Td>
              <Td className="wrap-anywhere">
                {tell(event)}
                {eventNote(event) === null ? null : <span className="block text-[0.8125rem] text-ink-2">“{eventNote(event)}”</span>}
              </Td>
              <Td className="align-top!">{event.actorName}</Td>
            </tr>
          ))}
        </tbody>
      </TableFrame>
    </Card>
  );
}

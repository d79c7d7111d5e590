"use client";
/** `<ReportEvents report />`: who did what and when, in order; interruptions and pauses among it. */
import { useTranslations } from "next-intl";
import type { ReportContent } from "#lib/contracts/drill-reports";
import { eventNote, useEventCheck, useEventText } from "../drills/event-text.ts";
import { Card } from "../ui/card.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";

export function ReportEvents({ report }: { report: ReportContent }) {
  const t = useTranslations("reports.page.events");
  const tell = useEventText();
  const checkOf = useEventCheck(report.checks.map((check, ordinal) => ({ ...check, ordinal })));
  return (
    <Card title={t("title")} flush>
      <ol aria-label={t("title")} className="divide-y divide-line/70">
        {report.events.map((event, index) => (
          <li
            // oxlint-disable-next-line react/no-array-index-key -- a report does not change
            key={index}
            className="grid break-inside-avoid gap-x-6 gap-y-0.5 px-4 py-2 text-sm sm:grid-cols-[15rem_minmax(0,1fr)_auto] sm:px-5"
          >
            <AbsoluteTime at={event.at} seconds className="text-[0.8125rem] text-ink-3 nums" />
            <p className="wrap-anywhere text-ink">
              {tell(event)}
              {checkOf(event) === null ? null : <span className="text-ink-2"> · {checkOf(event)}</span>}
              {eventNote(event) === null ? null : <span className="block text-[0.8125rem] text-ink-2">“{eventNote(event)}”</span>}
            </p>
            <p className="text-[0.8125rem] text-ink-2">{event.actorName}</p>
          </li>
        ))}
      </ol>
    </Card>
  );
}

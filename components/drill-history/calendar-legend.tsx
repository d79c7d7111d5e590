"use client";
/** What the marks of the calendar mean. */
import { useTranslations } from "next-intl";
import { StatusIcon } from "../status/status-badge.tsx";
import { DueMark } from "./due-mark.tsx";

const shown = ["verdict.passed", "verdict.passed-with-findings", "verdict.failed", "drill.aborted"] as const;

export function CalendarLegend() {
  const t = useTranslations("drills.calendar");
  const status = useTranslations("status");
  return (
    <ul aria-label={t("legend")} className="mt-4 flex flex-wrap gap-x-4 gap-y-1.5 border-t border-line/70 pt-3 text-xs text-ink-2">
      {shown.map((key) => (
        <li key={key} className="flex items-center gap-1.5">
          <StatusIcon status={key} named={false} className="size-3.5!" />
          {status(key)}
        </li>
      ))}
      <li className="flex items-center gap-1.5">
        <DueMark isPast={false} />
        {t("legendDue")}
      </li>
      <li className="flex items-center gap-1.5">
        <DueMark isPast />
        {t("legendWasDue")}
      </li>
    </ul>
  );
}

"use client";
/** `<MonthSummary days />`: the month in one sentence, which is a calm one while nothing failed or was missed. */
import { useTranslations } from "next-intl";
import { StatusIcon } from "../status/status-badge.tsx";
import { sumOf, type CalendarDay } from "./month-model.ts";

export function MonthSummary({ days }: { days: readonly CalendarDay[] }) {
  const t = useTranslations("calendar");
  const { failed, missed, done, planned } = sumOf(days);
  const isBad = failed + missed > 0;
  const said = isBad ? t("troubles", { failed, missed }) : done > 0 ? t("perfect", { count: done }) : t("quiet");
  return (
    <p className="flex items-start gap-2 px-4 py-4 text-sm text-ink sm:px-5">
      <StatusIcon status={isBad ? "slot.missed" : done > 0 ? "slot.done" : "slot.planned"} named={false} className="mt-0.5" />
      <span>
        <span className="font-medium">{said}</span>
        {planned === 0 ? null : <span className="text-ink-2"> {t("ahead", { count: planned })}</span>}
      </span>
    </p>
  );
}

"use client";
/** `<MonthList days today source />`: the same month on a phone: the days that have something, each opening to its starts. */
import { clsx } from "clsx";
import { ChevronRight } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import { formatDay } from "#lib/format/time";
import { weekdayOf } from "../schedules/weekday.ts";
import { CountMarks, useCountText } from "./count-marks.tsx";
import { DaySlots } from "./day-slots.tsx";
import { isBusy, type CalendarDay } from "./month-model.ts";

type MonthListProps = { days: readonly CalendarDay[]; today: string; source: string | undefined };

export function MonthList({ days, today, source }: MonthListProps) {
  const t = useTranslations("calendar");
  const locale = useLocale();
  const tellCounts = useCountText();
  // What is closed is not drawn: a month may hold thousands of starts.
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set([today]));
  const turn = (day: string, isOpen: boolean): void =>
    setOpen((last) => new Set(isOpen ? [...last, day] : [...last].filter((each) => each !== day)));
  const shown = days.filter(isBusy);
  if (shown.length === 0) return <p className="px-4 py-6 text-sm text-ink-2">{t("quiet")}</p>;
  return (
    <div className="divide-y divide-line/70">
      {shown.map((each) => {
        const { day, counts } = each;
        const at = `${day}T12:00:00Z`;
        const name = `${weekdayOf(at, locale, "UTC")} ${formatDay(at, { locale, timeZone: "UTC" })}`;
        return (
          <details key={day} open={open.has(day)} onToggle={(event) => turn(day, event.currentTarget.open)} className="group">
            <summary className="flex min-h-12 cursor-pointer list-none items-center gap-2.5 px-4 py-2.5">
              <ChevronRight aria-hidden className="size-4 shrink-0 text-ink-3 transition-transform group-open:rotate-90" />
              <span
                className={clsx("text-sm first-letter:uppercase", day === today ? "font-semibold text-accent-ink" : "font-medium text-ink")}
              >
                {name}
              </span>
              <span className="sr-only">{tellCounts(counts)}</span>
              <CountMarks counts={counts} className="ml-auto justify-end" />
            </summary>
            {open.has(day) ? (
              <div className="px-4 pb-2">
                <DaySlots day={each} source={source} label={name} />
              </div>
            ) : null}
          </details>
        );
      })}
    </div>
  );
}

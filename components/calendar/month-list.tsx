"use client";
/** `<MonthList days today />`: the same month on a phone: the days that have something, each opening to its starts. */
import { clsx } from "clsx";
import { ChevronRight } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import { formatDay } from "#lib/format/time";
import { weekdayOf } from "../schedules/weekday.ts";
import { CountMarks, useCountText } from "./count-marks.tsx";
import type { CalendarDay } from "./month-model.ts";
import { SlotList } from "./slot-list.tsx";

export function MonthList({ days, today }: { days: readonly CalendarDay[]; today: string }) {
  const t = useTranslations("calendar");
  const locale = useLocale();
  const tellCounts = useCountText();
  // What is closed is not drawn: a month may hold thousands of starts.
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set([today]));
  const turn = (day: string, isOpen: boolean): void =>
    setOpen((last) => new Set(isOpen ? [...last, day] : [...last].filter((each) => each !== day)));
  const shown = days.filter(({ slots }) => slots.length > 0);
  if (shown.length === 0) return <p className="px-4 py-6 text-sm text-ink-2">{t("quiet")}</p>;
  return (
    <div className="divide-y divide-line/70">
      {shown.map(({ day, slots, counts }) => {
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
                <SlotList slots={slots} label={name} />
              </div>
            ) : null}
          </details>
        );
      })}
    </div>
  );
}

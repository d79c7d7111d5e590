"use client";
/** A month of starts: planned, done, failed and missed; the chosen day's beside it. Month and source are in the address. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { CalendarDays, ChevronLeft, ChevronRight } from "lucide-react";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { useState } from "react";
import { dayKey, formatDay } from "#lib/format/time";
import { getCalendarQuery } from "#lib/query/schedules";
import { useListState } from "../data-table/use-list-state.tsx";
import { weekdayOf } from "../schedules/weekday.ts";
import { Page } from "../shell/page.tsx";
import { PageHeader } from "../shell/page-header.tsx";
import { SourceFilter } from "../sources/source-filter.tsx";
import { EmptyState } from "../state/empty-state.tsx";
import { ErrorState } from "../state/error-state.tsx";
import { Skeleton } from "../state/skeleton.tsx";
import { Button, ButtonLink, IconButton } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { useCurrentTime } from "../ui/use-current-time.ts";
import { calendarQueryOf, calendarSpec, monthOf } from "./calendar-spec.tsx";
import { DaySlots } from "./day-slots.tsx";
import { MonthGrid } from "./month-grid.tsx";
import { MonthList } from "./month-list.tsx";
import { daysOfAnswer, monthAfter } from "./month-model.ts";
import { MonthSummary } from "./month-summary.tsx";

export function CalendarPage() {
  const t = useTranslations("calendar");
  const locale = useLocale();
  const timeZone = useTimeZone() ?? "UTC";
  const list = useListState(calendarSpec);
  const now = useCurrentTime(60_000);
  const today = dayKey(now.toISOString(), timeZone);
  const month = monthOf(list.values.month, now, timeZone);
  const [chosen, setChosen] = useState<string | null>(null);
  const selected = chosen?.startsWith(month) ? chosen : today.startsWith(month) ? today : `${month}-01`;
  const { data, error, refetch, isPlaceholderData } = useQuery({
    ...getCalendarQuery(calendarQueryOf(month, list.values.source, timeZone)),
    placeholderData: keepPreviousData,
  });
  const days = data === undefined ? [] : daysOfAnswer(month, data, timeZone);
  const selectedDay = days.find(({ day }) => day === selected);
  const monthName = monthText(month, locale);
  const goTo = (next: string): void => list.set({ month: next === today.slice(0, 7) ? undefined : next });
  const select = (day: string): void => {
    setChosen(day);
    if (!day.startsWith(month)) goTo(day.slice(0, 7));
  };
  const isEmpty =
    data !== undefined && !isPlaceholderData && data.items.length === 0 && list.values.source === undefined && today.startsWith(month);
  return (
    <Page>
      <PageHeader title={t("title")} description={t("lead")} />
      <div className="flex flex-wrap items-center gap-2">
        <SourceFilter value={list.values.source} onChange={(source) => list.set({ source })} />
        {month === today.slice(0, 7) ? null : (
          <Button variant="ghost" onClick={() => select(today)}>
            {t("today")}
          </Button>
        )}
      </div>
      <div className="grid items-start gap-6 xl:grid-cols-[minmax(0,1fr)_22rem]">
        <Card
          flush
          title={
            <span className="flex items-center gap-1">
              <IconButton size="sm" icon={ChevronLeft} label={t("previous")} onClick={() => goTo(monthAfter(month, -1))} />
              <span aria-live="polite" className="min-w-36 text-center first-letter:uppercase">
                {monthName}
              </span>
              <IconButton size="sm" icon={ChevronRight} label={t("next")} onClick={() => goTo(monthAfter(month, 1))} />
            </span>
          }
        >
          {data === undefined ? (
            error ? (
              <ErrorState error={error} onRetry={() => void refetch()} />
            ) : (
              <div role="status" aria-label={t("grid", { month: monthName })} className="p-5">
                <Skeleton className="h-96 w-full" />
              </div>
            )
          ) : isEmpty ? (
            <EmptyState icon={CalendarDays} title={t("empty")} actions={<ButtonLink href="/sources">{t("toSources")}</ButtonLink>}>
              {t("emptyText")}
            </EmptyState>
          ) : (
            <div className={isPlaceholderData ? "opacity-60 transition-opacity" : "transition-opacity"}>
              <MonthSummary days={days} />
              <div className="px-4 pb-4 max-sm:hidden sm:px-5">
                <MonthGrid month={month} monthName={monthName} days={days} today={today} selected={selected} onSelect={select} />
                <p className="pt-3 text-xs text-ink-3">{t("keys")}</p>
              </div>
              <div className="border-t border-line sm:hidden">
                <MonthList days={days} today={today} source={list.values.source} />
              </div>
            </div>
          )}
        </Card>
        {data === undefined || isEmpty ? null : (
          <Card title={<span className="block first-letter:uppercase">{dayText(selected)}</span>} className="max-sm:hidden">
            {selectedDay === undefined ? null : (
              <div className="-my-2.5">
                <DaySlots key={selected} day={selectedDay} source={list.values.source} label={dayText(selected)} />
              </div>
            )}
          </Card>
        )}
      </div>
    </Page>
  );

  function dayText(day: string): string {
    const at = `${day}T12:00:00Z`;
    return `${weekdayOf(at, locale, "UTC")} ${formatDay(at, { locale, timeZone: "UTC" })}`;
  }
}

function monthText(month: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { month: "long", year: "numeric", timeZone: "UTC" }).format(Date.parse(`${month}-15T12:00:00Z`));
}

"use client";
/** Drills of a year, a line for each source: as a picture, or as a table of the same. Year and view are in the address. */
import { useQuery } from "@tanstack/react-query";
import { CalendarDays, ChartNoAxesGantt, ChevronLeft, ChevronRight, Table2 } from "lucide-react";
import { useTimeZone, useTranslations } from "next-intl";
import { drillCalendarQuery } from "#lib/query/drill-history";
import { useListState } from "../data-table/use-list-state.tsx";
import { Page } from "../shell/page.tsx";
import { EmptyState } from "../state/empty-state.tsx";
import { ErrorState } from "../state/error-state.tsx";
import { RowsSkeleton } from "../state/skeleton.tsx";
import { ButtonLink, IconButton } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { useCurrentTime } from "../ui/use-current-time.ts";
import { CalendarLegend } from "./calendar-legend.tsx";
import { calendarSpec, yearOf } from "./calendar-spec.tsx";
import { CalendarTable } from "./calendar-table.tsx";
import { DrillsHeader } from "./drills-header.tsx";
import { YearLine } from "./year-line.tsx";
import { YearHead } from "./year-head.tsx";

export function CalendarView() {
  const t = useTranslations("drills.calendar");
  const timeZone = useTimeZone() ?? "UTC";
  const list = useListState(calendarSpec);
  const now = useCurrentTime(60_000);
  const year = yearOf(list.values.year, now, timeZone);
  const isTable = list.values.as === "table";
  const { data, error, refetch } = useQuery(drillCalendarQuery(year));
  const sources = data?.sources ?? [];
  return (
    <Page>
      <DrillsHeader lead="calendarLead" />
      <Card
        flush
        title={
          <span className="flex items-center gap-1">
            <IconButton size="sm" icon={ChevronLeft} label={t("previous")} onClick={() => list.set({ year: String(year - 1) })} />
            <span aria-live="polite" className="min-w-12 text-center nums">
              {year}
            </span>
            <IconButton size="sm" icon={ChevronRight} label={t("next")} onClick={() => list.set({ year: String(year + 1) })} />
          </span>
        }
        actions={
          <Segmented
            label={t("view")}
            value={isTable ? "table" : "picture"}
            onValueChange={(next) => list.set({ as: next === "table" ? "table" : undefined })}
            options={[
              { value: "picture", label: t("viewPicture"), icon: ChartNoAxesGantt },
              { value: "table", label: t("viewTable"), icon: Table2 },
            ]}
          />
        }
      >
        {data === undefined ? (
          error ? (
            <ErrorState error={error} onRetry={() => void refetch()} />
          ) : (
            <RowsSkeleton rows={5} />
          )
        ) : sources.length === 0 ? (
          <EmptyState icon={CalendarDays} title={t("emptyTitle")} actions={<ButtonLink href="/sources">{t("toSources")}</ButtonLink>}>
            {t("emptyText")}
          </EmptyState>
        ) : isTable ? (
          <CalendarTable year={year} sources={sources} now={now} />
        ) : (
          <div className="px-4 py-4 sm:px-5">
            <YearHead />
            <ul aria-label={t("label", { year: String(year) })} className="flex flex-col max-sm:gap-4">
              {sources.map((source) => (
                <YearLine key={source.sourceId} year={year} source={source} now={now} />
              ))}
            </ul>
            <CalendarLegend />
          </div>
        )}
      </Card>
    </Page>
  );
}

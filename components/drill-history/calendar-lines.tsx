"use client";
/** `<CalendarLines query isTable now onClear />`: the sources of a year, a page at a time; while others are searched for, the present ones stay. */
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { CalendarDays, SearchX } from "lucide-react";
import { useTranslations } from "next-intl";
import { drillCalendarPages, type DrillCalendarQuery } from "#lib/query/drill-history";
import { EmptyState } from "../state/empty-state.tsx";
import { ErrorState } from "../state/error-state.tsx";
import { RowsSkeleton } from "../state/skeleton.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { CalendarLegend } from "./calendar-legend.tsx";
import { CalendarTable } from "./calendar-table.tsx";
import { eachSourceOnce } from "./each-source-once.ts";
import { SourcesFooter } from "./sources-footer.tsx";
import { YearHead } from "./year-head.tsx";
import { YearLine } from "./year-line.tsx";

type CalendarLinesProps = { query: DrillCalendarQuery & { year: number }; isTable: boolean; now: Date; onClear: () => void };

export function CalendarLines({ query, isTable, now, onClear }: CalendarLinesProps) {
  const t = useTranslations("drills.calendar");
  const pages = useInfiniteQuery({
    ...drillCalendarPages(query),
    placeholderData: keepPreviousData,
  });
  const { data, error, refetch } = pages;
  const first = data?.pages[0];
  if (data === undefined || first === undefined) {
    return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <RowsSkeleton rows={5} />;
  }
  const { year } = query;
  const sources = eachSourceOnce(data.pages);
  if (sources.length === 0) return <Nothing isFiltered={query.q !== undefined} onClear={onClear} />;
  return (
    <>
      {isTable ? (
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
      <SourcesFooter shown={sources.length} first={first} pages={pages} />
    </>
  );
}

function Nothing({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  const t = useTranslations("drills.calendar");
  const common = useTranslations("common");
  if (isFiltered) {
    return (
      <EmptyState icon={SearchX} title={common("nothingMatches")} actions={<Button onClick={onClear}>{common("resetFilters")}</Button>}>
        {common("nothingMatchesHint")}
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={CalendarDays} title={t("emptyTitle")} actions={<ButtonLink href="/sources">{t("toSources")}</ButtonLink>}>
      {t("emptyText")}
    </EmptyState>
  );
}

"use client";
/** `<CalendarLines query isTable now onClear />`: the sources of a year, a page at a time; while others are searched for, the present ones stay. */
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { CalendarDays, SearchX } from "lucide-react";
import { useTranslations } from "next-intl";
import { drillCalendarPages, type DrillCalendarQuery } from "#lib/query/drill-history";
import { ListFooter } from "../data-table/toolbar.tsx";
import { EmptyState } from "../state/empty-state.tsx";
import { ErrorState } from "../state/error-state.tsx";
import { RowsSkeleton } from "../state/skeleton.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { CalendarLegend } from "./calendar-legend.tsx";
import { CalendarTable } from "./calendar-table.tsx";
import { eachSourceOnce } from "./each-source-once.ts";
import { YearHead } from "./year-head.tsx";
import { YearLine } from "./year-line.tsx";

type CalendarLinesProps = { query: DrillCalendarQuery & { year: number }; isTable: boolean; now: Date; onClear: () => void };

export function CalendarLines({ query, isTable, now, onClear }: CalendarLinesProps) {
  const t = useTranslations("drills.calendar");
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    ...drillCalendarPages(query),
    placeholderData: keepPreviousData,
  });
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
      <div className="border-t border-line px-4 py-2.5 sm:px-5">
        <ListFooter
          shown={sources.length}
          total={first.total}
          totalCapped={first.totalCapped}
          hasMore={hasNextPage}
          isLoadingMore={isFetchingNextPage}
          onMore={() => void fetchNextPage()}
        />
      </div>
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

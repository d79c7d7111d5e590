import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTimeZone, getTranslations } from "next-intl/server";
import { readSearchParams } from "#components/data-table/list-state";
import { calendarQuery, calendarSpec } from "#components/drill-history/calendar-spec";
import { CalendarView } from "#components/drill-history/calendar-view";
import { pageContext } from "#lib/auth/page-session";
import * as contract from "#lib/contracts/drill-history";
import { askPages, prefetch } from "#lib/query/prefetch";
import { drillCalendar } from "#lib/services/drills/history/calendar";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("drills.calendar"))("title") };
}

type Search = Promise<Record<string, string | string[] | undefined>>;

export default async function DrillCalendarPage({ searchParams }: { searchParams: Search }) {
  const context = await pageContext("drills:read");
  const query = calendarQuery(readSearchParams(calendarSpec, await searchParams), context.now(), await getTimeZone());
  const state = await prefetch(askPages(context, contract.drillCalendar, drillCalendar, query));
  return (
    <HydrationBoundary state={state}>
      <CalendarView />
    </HydrationBoundary>
  );
}

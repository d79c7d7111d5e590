import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { getTimeZone, getTranslations } from "next-intl/server";
import { CalendarPage } from "#components/calendar/calendar-page";
import { calendarQueryOf, calendarSpec, monthOf } from "#components/calendar/calendar-spec";
import { readSearchParams } from "#components/data-table/list-state";
import { pageContext } from "#lib/auth/page-session";
import * as contract from "#lib/contracts/schedules";
import { ask, prefetch } from "#lib/query/prefetch";
import { getCalendar } from "#lib/services/schedules/calendar";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("calendar"))("title") };
}

type Search = Promise<Record<string, string | string[] | undefined>>;

export default async function ScheduleCalendarPage({ searchParams }: { searchParams: Search }) {
  const context = await pageContext("policies:read");
  const { month, source } = readSearchParams(calendarSpec, await searchParams);
  const timeZone = await getTimeZone();
  const query = calendarQueryOf(monthOf(month, context.now(), timeZone), source, timeZone);
  const state = await prefetch(ask(context, contract.getCalendar, getCalendar, { query }));
  return (
    <HydrationBoundary state={state}>
      <CalendarPage />
    </HydrationBoundary>
  );
}

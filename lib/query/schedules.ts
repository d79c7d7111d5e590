import { queryOptions } from "@tanstack/react-query";
import * as contract from "#lib/contracts/schedules";
import { call } from "#lib/http/client";
import { endpointPages, endpointQuery, type QueryInput } from "./endpoint-query.ts";

/** Schedules of one source fit on one page. */
export const sourceSchedulesQuery = (sourceId: string) =>
  endpointQuery(contract.listSchedules, { query: { source: sourceId, limit: 200 } }, ({ items }) => items.some(isAtWork));

/** All schedules, the next due first. */
export const listSchedulesQuery = (query: QueryInput<typeof contract.listSchedules>["query"] = {}) =>
  endpointQuery(contract.listSchedules, { query }, () => false);

export const listSchedulesPages = (query: NonNullable<QueryInput<typeof contract.listSchedules>["query"]> = {}) =>
  endpointPages(contract.listSchedules, query, ({ items }) => items.some(isAtWork));

/** Asked while somebody types; what an expression means does not change within a minute. */
export const previewScheduleQuery = (cron: string, timeZone: string) =>
  queryOptions({
    queryKey: [contract.previewSchedule.id, cron, timeZone],
    queryFn: ({ signal }) => call(contract.previewSchedule, { body: { cron, timeZone, count: 5 }, signal }),
    staleTime: 60_000,
    retry: false,
  });

/** What is much is not asked for every two seconds, nor is a month that tells numbers alone. */
const mostLive = 500;

export const getCalendarQuery = (query: QueryInput<typeof contract.getCalendar>["query"]) =>
  endpointQuery(
    contract.getCalendar,
    { query },
    ({ items, truncated }) => !truncated && items.length < mostLive && items.some(({ state }) => state === "started"),
  );

export const getSchedulingSettingsQuery = () => endpointQuery(contract.getSchedulingSettings);

function isAtWork({ lastSlot }: contract.ScheduleDto): boolean {
  return lastSlot?.state === "started" || lastSlot?.state === "waiting";
}

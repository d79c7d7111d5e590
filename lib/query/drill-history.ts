import * as contract from "#lib/contracts/drill-history";
import { isDrillOpen } from "#lib/domain/drill-state";
import { endpointPages, endpointQuery, type QueryInput } from "./endpoint-query.ts";

export type DrillListQuery = NonNullable<QueryInput<typeof contract.listDrills>["query"]>;

export const listDrillsQuery = (query: DrillListQuery = {}) =>
  endpointQuery(contract.listDrills, { query }, ({ items }) => items.some(({ state }) => isDrillOpen(state)));

export const listDrillsPages = (query: DrillListQuery = {}) =>
  endpointPages(contract.listDrills, query, ({ items }) => items.some(({ state }) => isDrillOpen(state)));

export type DrillCalendarQuery = NonNullable<QueryInput<typeof contract.drillCalendar>["query"]>;

/** Drills of a year (UTC) by source, a page of sources at a time. */
export const drillCalendarPages = (query: DrillCalendarQuery) => endpointPages(contract.drillCalendar, query, () => false);

/** Closed drills, oldest first, of one source or of all. */
export const drillTrendQuery = (source?: string) =>
  endpointQuery(contract.drillTrend, { query: source === undefined ? {} : { source } }, () => false);

/** When each source, or one, was last proven; the longest ago first. */
export const provenSourcesPages = (source?: string) => endpointPages(contract.listProvenSources, { source }, () => false);

export const compareDrillsQuery = (left: string, right: string) => endpointQuery(contract.compareDrills, { query: { left, right } });

import * as contract from "#lib/contracts/runs";
import { isActive } from "#lib/domain/run-state";
import { endpointPages, endpointQuery, type QueryInput } from "./endpoint-query.ts";

export type RunListQuery = NonNullable<QueryInput<typeof contract.listRuns>["query"]>;

export const listRunsQuery = (query: RunListQuery = {}) =>
  endpointQuery(contract.listRuns, { query }, ({ items }) => items.some(({ state }) => isActive(state)));

export const listRunsPages = (query: RunListQuery = {}) =>
  endpointPages(contract.listRuns, query, ({ items }) => items.some(({ state }) => isActive(state)));

export const getRunQuery = (id: string) => endpointQuery(contract.getRun, { params: { id } }, ({ state }) => isActive(state));

/** The log after line `after`; what the event stream brings is not kept here. */
export const getRunLogQuery = (id: string, after: number) =>
  endpointQuery(contract.getRunLog, { params: { id }, query: { after, limit: 2000 } }, ({ final }) => !final);

import { queryOptions } from "@tanstack/react-query";
import * as contract from "#lib/contracts/sources";
import { call } from "#lib/http/client";
import { endpointPages, endpointQuery, type QueryInput } from "./endpoint-query.ts";

export const listSourcesQuery = (query: QueryInput<typeof contract.listSources>["query"] = {}) =>
  endpointQuery(contract.listSources, { query }, ({ items }) => items.some(({ activeRun }) => activeRun !== null));

/** Every page of the list, joined as the reader asks for more. */
export const listSourcesPages = (query: NonNullable<QueryInput<typeof contract.listSources>["query"]> = {}) =>
  endpointPages(contract.listSources, query, ({ items }) => items.some(({ activeRun }) => activeRun !== null));

/** For filters and menus; asked for when they appear, not polled. */
export const listSourceNamesQuery = () => endpointQuery(contract.listSourceNames);

export const getSourceQuery = (id: string) => endpointQuery(contract.getSource, { params: { id } }, ({ activeRun }) => activeRun !== null);

export const listSourceTablesQuery = (id: string) => endpointQuery(contract.listSourceTables, { params: { id } });

/** A worker looks at the path, or for null at the allowed folders; asked for each time, never polled. */
export const checkFileQuery = (path: string | null) =>
  queryOptions({
    queryKey: [contract.checkFile.id, path],
    queryFn: ({ signal }) => call(contract.checkFile, { body: path === null ? {} : { path }, signal }),
    staleTime: 10_000,
    retry: false,
  });

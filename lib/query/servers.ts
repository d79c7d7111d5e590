import * as contract from "#lib/contracts/servers";
import { endpointQuery, type QueryInput } from "./endpoint-query.ts";

export const listServersQuery = (query: QueryInput<typeof contract.listServers>["query"] = {}) =>
  endpointQuery(contract.listServers, { query }, () => false);

export const getServerQuery = (id: string) => endpointQuery(contract.getServer, { params: { id } }, () => false);

/** A worker is asked each time, so this is never polled. */
export const listServerDatabasesQuery = (id: string) => ({
  ...endpointQuery(contract.listServerDatabases, { params: { id } }),
  staleTime: 60_000,
  retry: false,
});

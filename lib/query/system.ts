import { getMe } from "#lib/contracts/session";
import * as contract from "#lib/contracts/system";
import { endpointQuery } from "./endpoint-query.ts";

export const getOverviewQuery = () => endpointQuery(contract.getOverview, {}, ({ running }) => running.length > 0);

export const getSystemStatusQuery = () => endpointQuery(contract.getSystemStatus, {}, () => false);

export const searchEverythingQuery = (q: string) => endpointQuery(contract.searchEverything, { query: { q } });

export const getMeQuery = () => ({ ...endpointQuery(getMe), staleTime: 60_000 });

import * as contract from "#lib/contracts/incidents";
import { endpointPages, endpointQuery, type QueryInput } from "./endpoint-query.ts";

export type IncidentListQuery = NonNullable<QueryInput<typeof contract.listIncidents>["query"]>;

export const listIncidentsQuery = (query: IncidentListQuery = {}) => endpointQuery(contract.listIncidents, { query }, () => false);

export const listIncidentsPages = (query: IncidentListQuery = {}) => endpointPages(contract.listIncidents, query, () => false);

/** Others write into it, too: looked at again now and then. */
export const getIncidentQuery = (id: string) => endpointQuery(contract.getIncident, { params: { id } }, () => false);

/** Ids of the endpoints whose answers a change of an incident makes old. */
export const incidentChanges = ["getIncident", "listIncidents", "getOverview"] as const;

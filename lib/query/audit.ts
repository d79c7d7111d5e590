import * as contract from "#lib/contracts/audit";
import { endpointPages, endpointQuery, type QueryInput } from "./endpoint-query.ts";

export type AuditListQuery = NonNullable<QueryInput<typeof contract.listAuditEvents>["query"]>;

export const listAuditEventsQuery = (query: AuditListQuery = {}) => endpointQuery(contract.listAuditEvents, { query }, () => false);

export const listAuditEventsPages = (query: AuditListQuery = {}) => endpointPages(contract.listAuditEvents, query, () => false);

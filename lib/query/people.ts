import * as contract from "#lib/contracts/people";
import { endpointPages, endpointQuery, type QueryInput } from "./endpoint-query.ts";

export type UserListQuery = NonNullable<QueryInput<typeof contract.listUsers>["query"]>;

export const listUsersPages = (query: UserListQuery = {}) => endpointPages(contract.listUsers, query, () => false);

/** How many admins could act: whether somebody is the last one. Two are enough to know. */
export const activeAdminsQuery = () => endpointQuery(contract.listUsers, { query: { role: "admin", state: "active", limit: 2 } });

export const getUserQuery = (id: string) => endpointQuery(contract.getUser, { params: { id } }, () => false);

export const listUsersQuery = (query: UserListQuery = {}) => endpointQuery(contract.listUsers, { query }, () => false);

export const listUserSessionsQuery = (id: string) => endpointQuery(contract.listUserSessions, { params: { id } }, () => false);

export const listMySessionsQuery = () => endpointQuery(contract.listMySessions, {}, () => false);

import * as contract from "#lib/contracts/restores";
import { isActive } from "#lib/domain/run-state";
import { endpointPages, endpointQuery, type QueryInput } from "./endpoint-query.ts";

export type RestoreListQuery = NonNullable<QueryInput<typeof contract.listRestores>["query"]>;

export const listRestoresQuery = (query: RestoreListQuery = {}) =>
  endpointQuery(contract.listRestores, { query }, ({ items }) => items.some(({ run }) => isActive(run.state)));

export const listRestoresPages = (query: RestoreListQuery = {}) =>
  endpointPages(contract.listRestores, query, ({ items }) => items.some(({ run }) => isActive(run.state)));

export const getRestoreQuery = (id: string) => endpointQuery(contract.getRestore, { params: { id } }, ({ run }) => isActive(run.state));

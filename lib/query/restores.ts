import * as contract from "#lib/contracts/restores";
import { isActive } from "#lib/domain/run-state";
import { endpointPages, endpointQuery, type QueryInput } from "./endpoint-query.ts";

export type RestoreListQuery = NonNullable<QueryInput<typeof contract.listRestores>["query"]>;

export const listRestoresQuery = (query: RestoreListQuery = {}) =>
  endpointQuery(contract.listRestores, { query }, ({ items }) => items.some(({ run }) => isActive(run.state)));

export const listRestoresPages = (query: RestoreListQuery = {}) =>
  endpointPages(contract.listRestores, query, ({ items }) => items.some(({ run }) => isActive(run.state)));

/** Live while the restore, its undo or its clean-up runs, and while nobody knows yet which database answers. */
export const getRestoreQuery = (id: string) =>
  endpointQuery(contract.getRestore, { params: { id } }, ({ run, replacement }) => {
    const followUp = replacement?.followUp ?? null;
    return isActive(run.state) || replacement?.answers === "unsettled" || (followUp !== null && isActive(followUp.state));
  });

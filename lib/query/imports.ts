import * as contract from "#lib/contracts/imports";
import { endpointPages, endpointQuery, type QueryInput } from "./endpoint-query.ts";

export type ImportListQuery = NonNullable<QueryInput<typeof contract.listImports>["query"]>;

const isMoving = ({ state }: contract.ImportDto): boolean => state === "uploading" || state === "running";

export const listImportsQuery = (query: ImportListQuery = {}) => endpointQuery(contract.listImports, { query }, () => false);

export const listImportsPages = (query: ImportListQuery = {}) =>
  endpointPages(contract.listImports, query, ({ items }) => items.some(isMoving));

export const getImportQuery = (id: string) => endpointQuery(contract.getImport, { params: { id } }, isMoving);

/** A worker looks, so this is never polled. */
export const listImportFolderQuery = (path: string | null) => ({
  ...endpointQuery(contract.listImportFolder, { query: path === null ? {} : { path } }),
  staleTime: 10_000,
  retry: false,
});

import * as contract from "#lib/contracts/backups";
import { endpointPages, endpointQuery, type QueryInput } from "./endpoint-query.ts";

export type BackupListQuery = NonNullable<QueryInput<typeof contract.listBackups>["query"]>;

export const listBackupsQuery = (query: BackupListQuery = {}) => endpointQuery(contract.listBackups, { query }, () => false);

/** Every page of the list, joined as the reader asks for more. */
export const listBackupsPages = (query: BackupListQuery = {}) => endpointPages(contract.listBackups, query, () => false);

export const getBackupQuery = (id: string) => endpointQuery(contract.getBackup, { params: { id } }, ({ state }) => state === "deleting");

/** What a stored backup holds never changes. */
export const listBackupTablesQuery = (id: string) => ({
  ...endpointQuery(contract.listBackupTables, { params: { id } }),
  staleTime: Number.POSITIVE_INFINITY,
});

export const getBackupContentsQuery = (id: string) => ({
  ...endpointQuery(contract.getBackupContents, { params: { id } }),
  staleTime: Number.POSITIVE_INFINITY,
});

export const listBackupValidationsQuery = (id: string) => endpointQuery(contract.listBackupValidations, { params: { id } }, () => false);

/** Asked for each time the dialog opens: consequences of yesterday are none. */
export const getDeleteConsequencesQuery = (id: string) => ({
  ...endpointQuery(contract.getDeleteConsequences, { params: { id } }),
  staleTime: 0,
  gcTime: 0,
});

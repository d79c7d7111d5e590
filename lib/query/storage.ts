import * as contract from "#lib/contracts/storage";
import { endpointQuery } from "./endpoint-query.ts";

export const getStorageUsageQuery = () => endpointQuery(contract.getStorageUsage, {}, () => false);

export const getIntegrityQuery = (days: number) => endpointQuery(contract.getIntegrity, { query: { days } }, () => false);

export const listOrphansQuery = () => endpointQuery(contract.listOrphans, {}, () => false);

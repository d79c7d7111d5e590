import * as contract from "#lib/contracts/restore-points";
import { endpointQuery } from "./endpoint-query.ts";

/** The newest restore points of a source; with `to`, those at or before that instant. */
export const listRestorePointsQuery = (source: string, to?: string) =>
  endpointQuery(contract.listRestorePoints, { query: to === undefined ? { source } : { source, to } }, () => false);

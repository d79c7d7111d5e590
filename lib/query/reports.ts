import * as contract from "#lib/contracts/drill-reports";
import { endpointQuery } from "./endpoint-query.ts";

/** A report never changes; its notes and whether it still stands in the chain do. */
export const getDrillReportQuery = (drillId: string) => endpointQuery(contract.getDrillReport, { params: { id: drillId } }, () => false);

export const getReportKeyQuery = () => endpointQuery(contract.getReportKey);

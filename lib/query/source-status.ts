import * as contract from "#lib/contracts/source-status";
import { endpointQuery } from "./endpoint-query.ts";

export const getSourceStatusQuery = (id: string) => endpointQuery(contract.getSourceStatus, { params: { id } });

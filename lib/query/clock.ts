import * as contract from "#lib/contracts/policies";
import { endpointQuery } from "./endpoint-query.ts";

export const getClockQuery = () => endpointQuery(contract.getClock);

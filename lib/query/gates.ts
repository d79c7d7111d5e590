import * as contract from "#lib/contracts/gates";
import { isGateOver } from "#lib/domain/gate-state";
import { endpointPages, endpointQuery, type QueryInput } from "./endpoint-query.ts";

type GateListQuery = NonNullable<QueryInput<typeof contract.listGates>["query"]>;

const isRunning = ({ state }: contract.GateDto): boolean => !isGateOver(state);

export const listGatesPages = (query: GateListQuery = {}) => endpointPages(contract.listGates, query, ({ items }) => items.some(isRunning));

export const getGateQuery = (id: string) => endpointQuery(contract.getGate, { params: { id } }, isRunning);

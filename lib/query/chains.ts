import * as contract from "#lib/contracts/chains";
import { endpointPages, endpointQuery, type QueryInput } from "./endpoint-query.ts";

export type ChainListQuery = NonNullable<QueryInput<typeof contract.listChains>["query"]>;

export const listChainsQuery = (query: ChainListQuery = {}) => endpointQuery(contract.listChains, { query }, () => false);

/** Every page of the list, joined as the reader asks for more. */
export const listChainsPages = (query: ChainListQuery = {}) => endpointPages(contract.listChains, query, () => false);

export const getChainQuery = (id: string) => endpointQuery(contract.getChain, { params: { id } }, () => false);

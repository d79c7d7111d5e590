import * as contract from "#lib/contracts/tokens";
import { endpointPages, type QueryInput } from "./endpoint-query.ts";

export type TokenListQuery = NonNullable<QueryInput<typeof contract.listTokens>["query"]>;

export const listTokensPages = (query: TokenListQuery = {}) => endpointPages(contract.listTokens, query, () => false);

import * as contract from "#lib/contracts/chains";
import { route } from "#lib/http/route";
import { getChain } from "#lib/services/chains/get";

export const GET = route(contract.getChain, getChain);

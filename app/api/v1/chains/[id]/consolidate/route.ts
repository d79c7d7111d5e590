import * as contract from "#lib/contracts/chains";
import { route } from "#lib/http/route";
import { consolidateChain } from "#lib/services/chains/consolidate";

export const POST = route(contract.consolidateChain, consolidateChain);
